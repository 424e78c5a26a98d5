export const help = {
  title: 'Help',
  search: 'Search the help',
  pages: 'Pages of the help',
  results: 'Search results',
  found: '{count, plural, =0 {No results} one {# result} other {# results}}',
  none: 'No section has all these words.',
  noPage: 'No such page',
  noPageAbout: 'The help has no page named "{page}".',
  copy: 'Copy',
} as const
