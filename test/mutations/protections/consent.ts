import type { Mutation } from '../mutation.ts'

const unit = (file: string, title: string): Mutation['test'] => ({ project: 'unit', file, title })
const connection = (title: string) => unit('main/lib/kubernetes/consent.test.ts', title)
const program = (title: string) => unit('main/lib/kubernetes/find-program.test.ts', title)
const inWindow = (title: string): Mutation['test'] => ({
  project: 'window',
  file: 'test/window/consent.test.ts',
  title,
})
const attack = (title: string): Mutation['test'] => ({ project: 'peers', file: 'test/clusters/consent.test.ts', title })

/** Nothing of a kubeconfig runs or is sent without the user's consent. */
export const consent: readonly Mutation[] = [
  {
    id: 'consent-open-cluster',
    file: 'main/lib/kubernetes/open.ts',
    find: '  refuseWithoutConsent(connection.contextName, demands, connection.permit)\n',
    replace: '',
    test: connection('without consent is refused by'),
  },
  {
    id: 'consent-program-kubeconfig',
    file: 'main/lib/kubernetes/single-context.ts',
    find: '  refuseWithoutConsent(contextName, demands, permit)\n',
    replace: '',
    test: connection('without consent is refused by'),
  },
  {
    id: 'consent-environment',
    file: 'main/lib/process.ts',
    find: 'if (value !== undefined && inherited.test(name)) kept[name] = value',
    replace: 'if (value !== undefined) kept[name] = value',
    test: connection('passes its program only variables of the list'),
  },
  {
    id: 'consent-known-variables',
    file: 'main/lib/kubernetes/consent.ts',
    find: 'known !== undefined && [...set].every((name) => isVariableOf(known, name))',
    replace: 'known !== undefined',
    test: connection('that sets another variable is not covered'),
  },
  {
    id: 'consent-known-protected',
    file: 'main/lib/kubernetes/consent.ts',
    find: 'usual && (await isProtected(program))',
    replace: 'usual',
    test: connection('in a folder under the temporary folder is not covered'),
  },
  {
    id: 'program-writable',
    file: 'main/lib/kubernetes/find-program.ts',
    find: ' || (!isLink && (mode & 0o022) !== 0)',
    replace: '',
    test: program('is false where others can write to'),
  },
  {
    id: 'program-owner',
    file: 'main/lib/kubernetes/find-program.ts',
    find: '(uid !== 0 && uid !== user)',
    replace: 'uid < 0',
    test: program('belongs to another user'),
  },
  {
    id: 'program-links',
    file: 'main/lib/kubernetes/find-program.ts',
    find: '    if (isLink) pending.push(resolve(await realpath(dirname(each)), await readlink(each)))\n',
    replace: '',
    test: program('is false where others can write to'),
  },
  {
    id: 'program-folders',
    file: 'main/lib/kubernetes/find-program.ts',
    find: '    if (each !== dirname(each)) pending.push(dirname(each))\n',
    replace: '',
    test: program('is false where others can write to'),
  },
  {
    id: 'consent-own-folder',
    file: 'main/clusters/own-folder.ts',
    find: 'if (isInside(root, path) && !isInside(uploads, path))',
    replace: 'if (path === uploads)',
    test: unit('main/clusters/own-folder.test.ts', 'is skipped with a problem'),
  },
  {
    id: 'consent-own-folder-links',
    file: 'main/clusters/own-folder.ts',
    find: 'const path = await realPathOf(file)',
    replace: 'const path = file',
    test: unit('main/clusters/own-folder.test.ts', 'is skipped with a problem'),
  },
  {
    id: 'consent-stale',
    file: 'main/clusters/consents.ts',
    find: ' || consent.id !== allowance.consentId',
    replace: '',
    test: attack('cannot be allowed as it was shown before it changed'),
  },
  {
    id: 'consent-revoked-threads',
    file: 'main/app.ts',
    find: 'void Promise.all([workloads.recheckConnections(), logs.recheckConnections()])',
    replace: 'undefined',
    test: attack('runs no more after its consent was revoked'),
  },
  {
    id: 'consent-revoked-elsewhere',
    file: 'main/app.ts',
    find: '  await core.trust.watch(ended.signal)\n',
    replace: '',
    test: attack('by "hangar trust revoke" in a terminal'),
  },
  {
    id: 'consent-revoked-unnoticed',
    file: 'main/trust/trust.ts',
    find: 'known = edit(known)',
    replace: 'known = await list()',
    test: unit('main/trust/trust.test.ts', 'also where this process decides at the same time'),
  },
  {
    id: 'consent-hover',
    file: 'renderer/install/ClusterStep.tsx',
    find: ' || needsConsent(chosen) ?',
    replace: ' ?',
    test: inWindow('is not probed by hovering over it'),
  },
  {
    id: 'consent-safe-choice',
    file: 'renderer/trust/ConsentDialog.tsx',
    find: ' data-autofocus',
    replace: '',
    test: inWindow('is shown in full, with the focus on Cancel'),
  },
  {
    id: 'consent-exact-text',
    file: 'preload/visible-text.ts',
    find: String.raw`[[\p{C}\p{Z}\p{Default`,
    replace: String.raw`[[\p{Z}\p{Default`,
    test: unit('preload/visible-text.test.ts', 'exactText'),
  },
  {
    id: 'consent-native',
    file: 'main/composition/confirmed-decisions.ts',
    find: 'await ask(confirm, consentQuestion(name, consent, input.wholeFile, input.variables))',
    replace: 'consentQuestion(name, consent, input.wholeFile, input.variables)',
    test: attack('in the desktop is allowed, and a profile approved'),
  },
  {
    id: 'approval-native',
    file: 'main/composition/confirmed-decisions.ts',
    find: 'await ask(confirm, profileQuestion(change))',
    replace: 'profileQuestion(change)',
    test: attack('in the desktop is allowed, and a profile approved'),
  },
  {
    id: 'consent-native-as-shown',
    file: 'main/composition/confirmed-decisions.ts',
    find: 'if (consent?.id !== input.consentId)',
    replace: 'if (consent === undefined)',
    test: attack('in the desktop asks nothing about a consent that was not shown'),
  },
  {
    id: 'consent-native-host',
    file: 'main/index.ts',
    find: '        confirm: (question) => confirmNatively(dialog, window, question),\n',
    replace: '',
    test: { project: 'window', file: 'test/electron/consent.test.ts', title: 'cannot allow a program' },
  },
  {
    id: 'consent-native-default',
    file: 'main/desktop/confirm.ts',
    find: 'defaultId: 0',
    replace: 'defaultId: 1',
    test: { project: 'window', file: 'test/electron/consent.test.ts', title: 'cannot allow a program' },
  },
  {
    id: 'consent-terminal',
    file: 'main/terminal/trust.ts',
    find: "answers[answer.trim().toLowerCase()] ?? 'no'",
    replace: "answers[answer.trim().toLowerCase()] ?? 'once'",
    test: { project: 'peers', file: 'test/terminal/consent.test.ts', title: 'runs nothing and exits with 2' },
  },
]
