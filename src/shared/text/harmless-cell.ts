/**
 * The text of a cell of a table that leaves as CSV. What a spreadsheet could take for a formula begins with an
 * apostrophe then; also behind blanks, which some of them drop before they look.
 */
export function harmlessCell(text: string): string {
  return /^(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|[\t\r\n])/u.test(text) ? `'${text}` : text;
}
