export const profiles = {
  title: 'Profiles',
  loading: { profiles: 'profiles', profile: 'the profile', editor: 'the editor', review: 'the review' },
  reload: 'Reload profiles',
  emptyTitle: 'No profile selected',
  empty:
    'A profile defines a kind of plane. You can view and copy built-in profiles. Edit a copy to add the values from your vendor.',
  origin: '{name}, {origin, select, own {your own} other {built in}}',
  contents:
    '{releases, plural, one {# release} other {# releases}}, {endpoints, plural, one {# endpoint} other {# endpoints}}',
  invalid: 'Invalid profile',
  readOnly: 'Built-in profiles are read-only. To change this profile, copy it and edit the copy.',
  editor: 'YAML of {name}',
  draft: {
    valid: 'Valid',
    unsaved: 'Valid, not saved',
    errors: '{count, plural, one {# error} other {# errors}}',
  },
  errors: {
    list: 'Errors',
    line: 'Line {line}',
    place: 'Line {line}, column {column}',
    expected: 'expected {expected}',
    expectedFound: 'expected {expected}, found {found}',
    inField: '{field}: {message}',
    inFile: 'File: {message}',
  },
  save: 'Save profile',
  copy: {
    open: 'Copy profile …',
    title: 'Copy of {name}',
    name: 'Name of the copy',
    nameHint: 'Lower-case letters, digits and hyphens',
    nameInvalid: 'Use at most 63 lower-case letters, digits and hyphens. Start and end with a letter or digit.',
    confirm: 'Copy profile',
  },
  delete: {
    open: 'Delete profile …',
    title: 'Delete profile {name}?',
    confirm: 'Delete profile',
    about:
      'This deletes the file of the profile from this computer. Planes that use the profile cannot be changed without it.',
  },
  kit: {
    open: 'Install from a kit …',
    title: 'Install from a kit',
  },
  vendor: {
    open: 'Create from vendor’s files …',
    openUpdate: 'Update from vendor’s files …',
    title: 'Profile from the vendor’s files',
    back: 'Back to profiles',
    savedUnconfirmed:
      '{count, plural, one {# entry is} other {# entries are}} marked as unconfirmed in the text. Check each, then remove its comment.',
    savedOmitted: 'Left out, because they need what you left out: {rows}.',
    saved: 'Profile saved',
  },
} as const
