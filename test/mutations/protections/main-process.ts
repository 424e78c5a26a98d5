import type { Mutation } from '../mutation.ts'

const unit = (file: string, title: string): Mutation['test'] => ({ project: 'unit', file, title })

/** Files, secrets, programs and connections of the core. */
export const mainProcess: readonly Mutation[] = [
  {
    id: 'helm-no-plugins',
    file: 'main/install/helm/helm.ts',
    find: "    HELM_NO_PLUGINS: '1',\n",
    replace: '',
    test: unit('main/install/helm/helm.test.ts', 'turns plugins off'),
  },
  {
    id: 'helm-no-plugins-at-version',
    file: 'main/install/helm/helm-program.ts',
    find: "{ HELM_NO_PLUGINS: '1' }",
    replace: '{}',
    test: unit('main/install/helm/helm-program.test.ts', 'is asked for its version without plugins'),
  },
  {
    id: 'helm-hash',
    file: 'main/install/helm/helm-program.ts',
    find: 'if ((await sha256OfFile(file)) === expected) return file',
    replace: 'if ((await sha256OfFile(file)) !== expected) return file',
    test: unit('main/install/helm/helm-program.test.ts', 'is refused and not run if its hash is not in the list'),
  },
  {
    id: 'program-environment',
    file: 'main/lib/process.ts',
    find: 'if (value !== undefined && inherited.test(name)) kept[name] = value',
    replace: 'if (value !== undefined) kept[name] = value',
    test: unit('main/install/helm/helm.test.ts', 'inherits no plugin folder, driver, token or secret of the user'),
  },
  {
    id: 'private-folder-created',
    file: 'main/lib/files.ts',
    find: 'await mkdir(folder, { recursive: true, mode: 0o700 })',
    replace: 'await mkdir(folder, { recursive: true })',
    test: unit('main/lib/files.test.ts', 'creates the folder and its parents with access for their owner only'),
  },
  {
    id: 'private-folder-closed',
    file: 'main/lib/files.ts',
    find: '  await chmod(folder, 0o700)\n',
    replace: '',
    test: unit('main/lib/files.test.ts', 'removes the access of other users from an existing folder'),
  },
  {
    id: 'private-file',
    file: 'main/lib/files.ts',
    find: "open(draft, 'wx', 0o600)",
    replace: "open(draft, 'wx')",
    test: unit(
      'main/lib/files.test.ts',
      'replaces the whole file, with access for its owner only, and leaves no draft',
    ),
  },
  {
    id: 'log-store-folder',
    file: 'main/logs/store/store.ts',
    find: 'mkdirSync(folder, { recursive: true, mode: 0o700 })',
    replace: 'mkdirSync(folder, { recursive: true })',
    test: unit('main/logs/store/store.test.ts', 'creates its folder for its owner alone'),
  },
  {
    id: 'log-store-key',
    file: 'main/logs/store/cipher.ts',
    find: "    database.pragma(`key='raw:${key.toString('hex')}'`)\n",
    replace: '',
    test: unit('main/logs/store/store.test.ts', 'writes neither the text, nor its base64, nor the key in the clear'),
  },
  {
    id: 'purge-destroys-key',
    file: 'main/logs/logs.ts',
    find: '      await ports.destroyKey(planeId)\n',
    replace: '',
    test: unit('main/logs/purge.test.ts', 'a copy of purged logs cannot be opened'),
  },
  {
    id: 'cluster-proxy-certificate',
    file: 'main/lib/kubernetes/dispatcher.ts',
    find: 'timeout: connectLimitMs, rejectUnauthorized: true }',
    replace: 'timeout: connectLimitMs, rejectUnauthorized: false }',
    test: unit('main/lib/kubernetes/tls-proxy.test.ts', 'a proxy with an untrusted certificate gets neither'),
  },
  {
    id: 'cluster-certificate',
    file: 'main/lib/kubernetes/dispatcher.ts',
    find: '    rejectUnauthorized: !cluster.insecure,\n',
    replace: '',
    test: unit('main/lib/kubernetes/tls-proxy.test.ts', 'a cluster with an untrusted certificate gets no token'),
  },
  {
    id: 'probe-proxy-certificate',
    file: 'main/connectivity/probe/proxy/route.ts',
    find: "if (socket !== undefined && proxyTlsProblem(facts) === '') return",
    replace: 'if (socket !== undefined) return',
    test: unit('main/connectivity/probe/proxy/route.test.ts', 'gets no user, password or destination'),
  },
  {
    id: 'helm-errors-redacted',
    file: 'main/install/helm/helm.ts',
    find: 'redactTexts(stderr, possibleSecrets(values))',
    replace: 'redactTexts(stderr, possibleSecrets({}))',
    test: unit('main/install/helm/helm.test.ts', 'an error of helm does not repeat a secret of the values'),
  },
  {
    id: 'private-journal',
    file: 'main/operations/journal.ts',
    find: 'flags, 0o600)',
    replace: 'flags)',
    test: unit('main/operations/journal.test.ts', 'a journal is readable by its owner only'),
  },
]
