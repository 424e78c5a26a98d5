export const operations = {
  started: 'started {ago}',
  ended: 'ended {ago}',
  progress: 'Progress of {operation}',
  stepsDone: '{done, number} of {total, plural, one {# step} other {# steps}}',
  note: {
    interrupted:
      'Hangar stopped during the operation and has changed nothing since. To check the cluster and continue, resume the operation.',
    overtaken: 'A newer operation of this plane took its place, so it cannot be resumed.',
    cancelled: 'The operation was cancelled. Changes of earlier steps remain.',
  },
  steps: 'Steps',
  times: 'Started {started}',
  timesEnded: 'Started {started}, ended {ended}',
  waitingFor: 'Waiting for',
  waiting: 'Waiting for {kind} {name}: {reason} (since {since})',
  resume: 'Resume operation',
  cancel: 'Cancel operation',
  stopCollecting: 'Stop collecting',
  uninstall: 'Uninstall plane …',
  forget: 'Forget operation',
} as const
