/** Hands content that this page made to the browser as a download. */
export function saveFile(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun with its own hold of the content by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
