/** Texts that every list of the Admin Console shares. */
export const enConsoleLists = {
  'list.any': 'Any',
  'list.pages': 'Pages of the list',
  'list.first': 'First page',
  'list.next': 'Next page',
  'list.size': 'Rows on a page',
  'list.sort': 'Sort by',
  'list.reversed': '{column}, reversed',
  'list.actions': 'Actions',
  'list.chooseAll': 'Choose all on this page',
  'list.csv': 'Export CSV',
  'list.json': 'Export JSON',
  'list.choices': { one: '{count} found', other: '{count} found' },
  'list.choicesSome': 'The first {shown} of {total}: search for the others.',
  'list.nothingFound': 'Nothing matches',
  'list.nothingFoundText': 'Search for something else, or take a filter away.',
} as const;
