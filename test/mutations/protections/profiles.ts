import { type Mutation, unit } from '../mutation.ts'

const changed = (title: string): Mutation['test'] => ({
  project: 'peers',
  file: 'test/connectivity/changed-profile.test.ts',
  title,
})

/** Profiles of others, and what a change of them must not do. */
export const profiles: readonly Mutation[] = [
  {
    id: 'profile-change-stops-checks',
    file: 'main/connectivity/subject.ts',
    find: '    await refuseChanged?.(planeId)\n',
    replace: '',
    test: changed('sends no token to the host that it names now'),
  },
  {
    id: 'profile-change-stops-plans',
    file: 'main/composition/install-ports.ts',
    find: "      if (action === 'install') await core.refuseChanged(plane.id)\n",
    replace: '',
    test: changed('is neither planned nor installed'),
  },
  {
    id: 'profile-of-the-window-not-approved-by-itself',
    file: 'main/planes/approvals.ts',
    find: "if (trustsCaller || origin === 'built-in' ||",
    replace: 'if (trustsCaller || origin.length > 0 ||',
    test: changed('is not checked before the user has seen its hosts'),
  },
  {
    id: 'credential-sent-where-approved',
    file: 'main/planes/approvals.ts',
    find: 'if (moved.length > 0)',
    replace: 'if (moved.length > 1_000)',
    test: changed('sends the credential nowhere before the user has approved the destination'),
  },
  {
    id: 'window-checks-planes-only',
    file: 'main/connectivity/subject.ts',
    find: '    await confirm()\n',
    replace: '',
    test: unit('main/connectivity/subject.test.ts', 'checks nothing without a plane'),
  },
  {
    id: 'profile-approval-of-what-was-shown',
    file: 'main/planes/approvals.ts',
    find: 'if (digestOfApproval({ content, destinations: { ...destinationsOf(version) } }) !== digest)',
    replace: "if (digest === '')",
    test: changed('is not approved by the digest of another version'),
  },
  {
    id: 'profile-approved-once-for-old-planes',
    file: 'main/planes/approvals.ts',
    find: '      if (!isFirst) return\n',
    replace: '',
    test: changed('is approved once, at the first start, and not again'),
  },
  {
    id: 'profile-digest-covers-roots',
    file: 'main/planes/pin.ts',
    find: '[text, sorted(roots), chartEntries]',
    replace: '[text, chartEntries]',
    test: unit('main/planes/pin.test.ts', 'covers a root certificate'),
  },
  {
    id: 'profile-digest-covers-charts',
    file: 'main/planes/pin.ts',
    find: '[text, sorted(roots), chartEntries]',
    replace: '[text, sorted(roots)]',
    test: unit('main/planes/difference.test.ts', 'changed and new files of a chart'),
  },
  {
    id: 'profile-roots-read-once',
    file: 'main/connectivity/plan/material.ts',
    find: 'inPod ?? known ?? ',
    replace: 'inPod ?? ',
    test: unit('main/connectivity/plan/material.test.ts', 'is the one that was read with the profile'),
  },
  {
    id: 'chart-as-approved',
    file: 'main/install/plan/install-session.ts',
    find: 'approved === undefined || approved[path] === digest',
    replace: "approved === undefined || path !== '' || digest === ''",
    test: {
      project: 'cluster',
      file: 'test/install/charts.test.ts',
      title: 'that changed since the profile was approved are not planned',
    },
  },
  {
    id: 'vendor-charts-bounded',
    file: 'main/profiles/draft/vendor-files.ts',
    find: 'if (bytesOf(files) > limitBytes)',
    replace: 'if (bytesOf(files) > limitBytes ** 2)',
    test: unit('main/profiles/draft/vendor-files.test.ts', 'are read up to a limit of all charts together'),
  },
  {
    id: 'vendor-dependencies-bounded',
    file: 'main/profiles/draft/vendor-files.ts',
    find: 'bytes > chartLimits.totalBytes) return undefined',
    replace: 'bytes > chartLimits.totalBytes ** 2) return undefined',
    test: unit('main/profiles/draft/vendor-files.test.ts', 'have no chart that contains itself'),
  },
]
