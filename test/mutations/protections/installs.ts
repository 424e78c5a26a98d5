import { type Mutation, unit } from '../mutation.ts'

const cluster = (file: string, title: string): Mutation['test'] => ({ project: 'cluster', file, title })

const changes = 'main/install/plan/changes.ts'
const changesTest = 'main/install/plan/release-changes.test.ts'
const valueLayers = 'main/install/values/value-layers.ts'
const valueLayersTest = 'main/install/values/value-layers.test.ts'
const differences = 'main/install/observe/differences.ts'
const differencesTest = 'main/install/observe/differences.test.ts'
const inferred = 'main/install/discovery/infer-settings.ts'
const connected = 'main/planes/planes.test.ts'

/** What a plan proves, shows and asks, and what only reads. */
export const installs: readonly Mutation[] = [
  {
    id: 'keep-proven-by-the-record',
    file: 'main/install/plan/release-changes.ts',
    find: '  isUpToDate(last, release) && recordDrift(last, release) === undefined\n',
    replace: '  isUpToDate(last, release)\n',
    test: unit(changesTest, 'the objects that are compared'),
  },
  {
    id: 'keep-proven-by-the-objects',
    file: differences,
    find: 'return live === manifest',
    replace: 'return live !== undefined || live === manifest',
    test: unit(differencesTest, 'an object of the cluster'),
  },
  {
    id: 'keep-proven-in-each-list',
    file: differences,
    find: '      live.length === manifest.length &&\n',
    replace: '',
    test: unit(differencesTest, 'an object of the cluster'),
  },
  {
    id: 'drift-of-helm-alone',
    file: differences,
    find: 'if (byHelm.length === 0 || isDeepStrictEqual(before, after)) return []',
    replace: 'if (isDeepStrictEqual(before, after)) return []',
    test: unit(differencesTest, 'the differences between the cluster and what helm would apply'),
  },
  {
    id: 'drift-of-autoscalers',
    file: changes,
    find: "if (field === 'replicas') return isAutoscaled || ",
    replace: "if (field === 'replicas') return ",
    test: unit(changesTest, 'the drift of an object'),
  },
  {
    id: 'drift-hides-secrets',
    file: changes,
    find: 'const hidden = hasSecret || isNamedSecret(object, names, [before, after])',
    replace: 'const hidden = isNamedSecret(object, names, [before, after])',
    test: unit(changesTest, 'hides the values of'),
  },
  {
    id: 'drift-hides-named-secrets',
    file: changes,
    find: 'const hidden = hasSecret || isNamedSecret(object, names, [before, after])',
    replace: 'const hidden = hasSecret',
    test: unit(changesTest, 'hides the values of'),
  },
  {
    id: 'values-overrides-hidden',
    file: valueLayers,
    find: "layer === 'override' ? maySecret(path, value) :",
    replace: "layer === 'override' ? maySecret(path, '') :",
    test: unit(valueLayersTest, 'an override that may be a secret is hidden'),
  },
  {
    id: 'values-secret-settings-hidden',
    file: valueLayers,
    find: 'isSecretSetting(path, names, value)\n',
    replace: "isSecretSetting(path, names, '')\n",
    test: unit(valueLayersTest, 'a setting with the name of a secret is hidden'),
  },
  {
    id: 'drift-refusals-redacted',
    file: changes,
    find: "const message = redactTexts(run.message.replaceAll(/\\s+/g, ' '), secrets)",
    replace: "const message = run.message.replaceAll(/\\s+/g, ' ')",
    test: unit(changesTest, 'hides a value that a refusal quotes'),
  },
  {
    id: 'drift-unreadable-is-unknown',
    file: changes,
    find: "if (live === 'unreadable') return { unknown:",
    replace: "if (live === 'unreadable') return {}\n  if (live === ('none' as string)) return { unknown:",
    test: unit(changesTest, 'the drift of an object'),
  },
  {
    id: 'dry-run-alone',
    file: 'main/install/observe/dry-runs.ts',
    find: '{ dryRun: true, force, manager: helmManager }',
    replace: '{ dryRun: object.kind === "", force, manager: helmManager }',
    test: unit('main/install/observe/dry-runs.test.ts', 'stores nothing'),
  },
  {
    id: 'loss-needs-acceptance',
    file: 'main/install/install.ts',
    find: 'const missing = demandedLosses(plan, accepted).filter(({ id }) => !accepted.includes(id))',
    replace: 'const missing = demandedLosses(plan, accepted).filter(({ id }) => id === "" && !accepted.includes(id))',
    test: cluster(
      'test/install/drift.test.ts',
      'a release that it no longer has is removed by an update, with consent',
    ),
  },
  {
    id: 'hooks-need-acceptance',
    file: 'main/install/steps/helm-step.ts',
    find: "run.acceptedLosses.includes(hooksId(name)) ? ['--no-hooks'] : []",
    replace: "hooksId(name) === '' ? [] : ['--no-hooks']",
    test: cluster('test/install/recovery.test.ts', 'each by its own way out'),
  },
  {
    id: 'way-out-needs-acceptance',
    file: 'main/install/plan/ways-out.ts',
    find: 'ways.map(({ id }) => id).filter((id) => accepted.includes(id))',
    replace: "ways.map(({ id }) => id).filter((id) => id !== '' || accepted.includes(id))",
    test: unit('main/install/plan/ways-out.test.ts', 'takes no way that the user did not accept'),
  },
  {
    id: 'plan-of-its-digest',
    file: 'main/install/install.ts',
    find: "if (plan.digest !== digest) throw new Problem('PLAN_STALE', 'The plan has changed since it was shown.')",
    replace: "if (plan.digest === '') throw new Problem('PLAN_STALE', digest)",
    test: cluster('test/install/install.test.ts', 'starts only the plan that was shown'),
  },
  {
    id: 'connect-reads-only',
    file: 'main/install/discovery/discover-plane.ts',
    find: '  const releases = observed.map(({ entry }) => entry)\n',
    replace:
      "  const releases = observed.map(({ entry }) => entry)\n  await client.request('PATCH', '/api/v1/namespaces/n', {}, signal)\n",
    test: unit('main/install/discovery/discover-plane.test.ts', 'a plane is discovered by reading alone'),
  },
  {
    id: 'connect-binds-the-cluster',
    file: 'main/planes/planes.ts',
    find: '...(clusterUid !== undefined && { clusterUid }) })',
    replace: '...(clusterUid === undefined && { clusterUid }) })',
    test: unit(connected, 'are bound to their cluster once they are connected to'),
  },
  {
    id: 'plane-moved-to-another-cluster',
    file: 'main/planes/planes.ts',
    find: 'refuseOtherCluster(plane, contextName, await ports.clusterUid(contextId))',
    replace: 'await ports.clusterUid(contextId)',
    test: unit(connected, 'stay bound to the cluster that they are installed on'),
  },
  {
    id: 'connect-settings-not-secret',
    file: inferred,
    find: 'return isSmall && !holdsSecret(',
    replace: 'return isSmall || holdsSecret(',
    test: unit('main/install/discovery/infer-settings.test.ts', 'settings from the values of a release'),
  },
  {
    id: 'connect-settings-bounded',
    file: inferred,
    find: 'text.length <= settingLimitBytes &&',
    replace: 'text.length <= settingLimitBytes ** 3 &&',
    test: unit('main/install/discovery/infer-settings.test.ts', 'settings from the values of a release'),
  },
  {
    id: 'helm-record-on-a-line',
    file: 'main/install/observe/releases.ts',
    find: "text.slice(0, shownCharacters).replaceAll(/\\s+/g, ' ')",
    replace: 'text.slice(0, shownCharacters ** 3)',
    test: unit('main/install/discovery/discover-plane.test.ts', 'is short in the answer'),
  },
  {
    id: 'list-bytes-bounded',
    file: 'main/lib/kubernetes/objects.ts',
    find: 'if (bytes > limitBytes)',
    replace: 'if (bytes > limitBytes ** 2)',
    test: unit('main/lib/kubernetes/objects.test.ts', 'before such a page is parsed'),
  },
  {
    id: 'connect-json-consents',
    file: 'main/terminal/connect.ts',
    find: 'if (!isTable && options.yes !== true)',
    replace: 'if (!isTable && options.yes === false)',
    test: unit('main/terminal/connect.test.ts', 'JSON connects only with --yes'),
  },
  {
    id: 'plan-diff-forged-lines',
    file: 'main/terminal/plan-diff.ts',
    find: '@@ ${exactText(path)} @@',
    replace: '@@ ${path} @@',
    test: unit('main/terminal/plan-diff.test.ts', 'has no line that a text of the cluster made'),
  },
  {
    id: 'live-lists-by-index',
    file: differences,
    find: 'indexes.get(name) ?? indexOf(list, fields)',
    replace: 'indexOf(list, fields)',
    test: unit(differencesTest, 'is compared item by item in the time of its size'),
  },
  {
    id: 'diff-pairs-bounded',
    file: 'preload/line-diff.ts',
    find: 'if (from.length * to.length > pairsAtMost)',
    replace: 'if (from.length * to.length > pairsAtMost ** 3)',
    test: unit('preload/line-diff.test.ts', 'of texts without end'),
  },
  {
    id: 'values-secrets-inside-hidden',
    file: 'main/lib/rules/secret-name.ts',
    find: 'return isVariable || Object.entries(value).some(([key, inner]) => holdsSecret(key, inner))',
    replace: 'return isVariable && Object.entries(value).some(([key, inner]) => holdsSecret(key, inner))',
    test: unit(valueLayersTest, 'a setting that has a secret inside is hidden'),
  },
]
