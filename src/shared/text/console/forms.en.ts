/** What is wrong with what somebody typed into a form of the console, and what belongs there. */
export const enForms = {
  'form.empty': 'Enter something here.',
  'form.short': { one: 'Enter at least {count} character.', other: 'Enter at least {count} characters.' },
  'form.long': { one: 'Enter at most {count} character.', other: 'Enter at most {count} characters.' },
  'form.least': 'Enter {least} or more.',
  'form.most': 'Enter {most} or less.',
  'form.fewest': 'Name at least {count}.',
  'form.many': 'Name at most {count}.',
  'form.number': 'Enter a number.',
  'form.whole': 'Enter a whole number.',
  'file.tooLarge':
    'The file was not read: it is larger than {most} KiB, which is as much as the hub takes at once. Take out what is not needed there, or split it.',
  'file.notUtf8': 'The file was not read: it is not UTF-8 text. Save it as UTF-8 and choose it again.',
} as const;
