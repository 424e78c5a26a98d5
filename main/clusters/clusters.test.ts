import { chmod, mkdir, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ContextList } from '../../preload/contract/clusters.ts'
import { json, serveApi } from '../../test/clusters/api-server.ts'
import { makeCertificates } from '../../test/clusters/certificates.ts'
import { type Clusters, type ClustersOptions, createClusters } from './clusters.ts'
import { contextId } from './contexts.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hangar-clusters-'))
  return () => rm(home, { recursive: true })
})

const config = (name: string, server = 'https://127.0.0.1:1', user = '{}') =>
  `current-context: ${name}\nclusters:\n- name: c\n  cluster: {server: "${server}"}\ncontexts:\n- name: ${name}\n  context: {cluster: c, user: u}\nusers:\n- name: u\n  user: ${user}\n`

async function writeConfig(name: string, text: string): Promise<string> {
  const file = join(home, name)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, text)
  return file
}

function start(options: ClustersOptions = {}): Clusters {
  const clusters = createClusters({ environment: {}, home, shell: '', ...options })
  onTestFinished(() => clusters.close())
  return clusters
}

const names = ({ contexts }: ContextList) => contexts.map(({ name }) => name)

describe('contexts', () => {
  it('are those of ~/.kube/config, and an empty list without a problem if that file is missing', async () => {
    const clusters = start()
    expect(await clusters.contexts()).toMatchObject({ contexts: [], problems: [] })

    await writeConfig('.kube/config', config('one'))

    expect(names(await clusters.contexts())).toEqual(['one'])
  })

  it('come from KUBECONFIG and the settings, or only from --kubeconfig', async () => {
    const [a = '', b = '', more = '', own = ''] = await Promise.all(
      ['a', 'b', 'more', 'own'].map((name) => writeConfig(name, config(name))),
    )
    const delimiter = process.platform === 'win32' ? ';' : ':'
    const environment = { KUBECONFIG: [a, b].join(delimiter) }
    const moreKubeconfigs = () => [more, a]

    expect(names(await start({ environment, moreKubeconfigs }).contexts())).toEqual(['a', 'b', 'more'])
    expect(names(await start({ environment, moreKubeconfigs, kubeconfigFiles: [own] }).contexts())).toEqual(['own'])
  })

  it('include a problem for a named file that is missing, and are otherwise complete', async () => {
    const a = await writeConfig('a', config('a'))
    const clusters = start({
      environment: { KUBECONFIG: `${join(home, 'missing')}:${a}` },
      moreKubeconfigs: () => [home],
    })

    const { contexts, problems } = await clusters.contexts()

    expect(contexts.map(({ name }) => name)).toEqual(['a'])
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `KUBECONFIG_UNREADABLE The kubeconfig ${join(home, 'missing')} was skipped: it does not exist.`,
      `KUBECONFIG_UNREADABLE The kubeconfig ${home} was skipped: it is a folder.`,
    ])
  })
})

describe('contexts of files', () => {
  it('are listed without a file that is too large', async () => {
    const [large = '', small = ''] = await Promise.all(
      ['large', 'small'].map((name) => writeConfig(name, config(name))),
    )
    await truncate(large, 17 * 1024 * 1024)
    const { contexts, problems } = await start({ environment: { KUBECONFIG: `${large}:${small}` } }).contexts()

    expect(contexts.map(({ name }) => name)).toEqual(['small'])
    expect(problems.map(({ message }) => message)).toEqual([
      `The kubeconfig ${large} was skipped: it is larger than 16 MiB.`,
    ])
  })

  it('show the end of a certificate in a file, and again once the file is renewed', async () => {
    const { cert, key } = (await makeCertificates()).client
    const user = '{client-certificate: c.crt, client-key: c.key}'
    await writeConfig('.kube/config', config('one', 'https://127.0.0.1:1', user))
    const clusters = start()
    const first = await clusters.contexts()
    expect(first.contexts[0]?.problem?.message).toContain(`${join(home, '.kube/c.crt')} does not exist.`)

    await writeFile(join(home, '.kube/c.crt'), cert)
    await writeFile(join(home, '.kube/c.key'), key)
    const [context] = (await clusters.contexts()).contexts

    expect(context?.problem).toBeUndefined()
    const msLeft = Date.parse(context?.credentialEndsAt ?? '') - Date.now()
    expect(msLeft).toBeGreaterThan(23 * 3_600_000)
    expect(msLeft).toBeLessThan(25 * 3_600_000)
  })

  it('say which file another file takes the place of, for a cluster and a user', async () => {
    const [a = '', b = ''] = await Promise.all(['a', 'b'].map((name) => writeConfig(name, config(name))))
    const { contexts } = await start({ environment: { KUBECONFIG: `${a}:${b}` } }).contexts()

    expect(contexts.map(({ name, warnings }) => [name, warnings?.map(({ code }) => code)])).toEqual([
      ['a', undefined],
      ['b', ['KUBECONFIG_ENTRY_HIDDEN', 'KUBECONFIG_ENTRY_HIDDEN']],
    ])
    expect(contexts[1]?.warnings?.map(({ message }) => message)).toEqual([
      `The context "b" uses the cluster "c" of ${a}, not that of its own file: the first of one name counts.`,
      `The context "b" uses the user "u" of ${a}, not that of its own file: the first of one name counts.`,
    ])
  })
})

describe('watchContexts', () => {
  /** The lists in order; each step makes a change that the next list must show. */
  async function watchThrough(clusters: Clusters, steps: readonly (() => Promise<unknown>)[]): Promise<string[][]> {
    const contextNames: string[][] = []
    const signal = AbortSignal.timeout(9_000)
    for await (const list of clusters.watchContexts(signal)) {
      if (JSON.stringify(names(list)) === JSON.stringify(contextNames.at(-1))) continue
      contextNames.push(names(list))
      const step = steps[contextNames.length - 1]
      if (step === undefined) break
      await step()
    }
    signal.throwIfAborted()
    return contextNames
  }

  it('reports a file that appears in a new folder, is rewritten, replaced by rename, and removed', async () => {
    const file = join(home, '.kube/config')

    const contextNames = await watchThrough(start(), [
      () => writeConfig('.kube/config', config('appeared')),
      () => writeFile(file, config('rewritten')),
      async () => rename(await writeConfig('.kube/config.lock', config('replaced')), file),
      () => rm(file),
    ])

    expect(contextNames).toEqual([[], ['appeared'], ['rewritten'], ['replaced'], []])
  })

  it('reports files that are added to the settings later', async () => {
    const added = await writeConfig('added', config('added'))
    const more: string[] = []
    const clusters = start({ moreKubeconfigs: () => more })

    const contextNames = await watchThrough(clusters, [
      async () => {
        more.push(added)
        // Saving the settings calls it.
        setImmediate(() => clusters.refresh())
      },
      () => writeFile(added, config('changed')),
    ])

    expect(contextNames).toEqual([[], ['added'], ['changed']])
  })

  it('ends without an error when its consumer stops', async () => {
    const stop = new AbortController()
    const lists = start().watchContexts(stop.signal)
    await lists.next()
    const next = lists.next()
    stop.abort()

    expect(await next).toEqual({ done: true, value: undefined })
  })
})

describe('open', () => {
  it('shares one client per context until its own entries change', async () => {
    const file = await writeConfig('.kube/config', config('one'))
    const clusters = start()
    const id = contextId(file, 'one')

    const [first, second] = await Promise.all([clusters.open(id), clusters.open(id)])
    expect(first).toBe(second)
    await writeFile(file, config('one').replace('current-context: one', 'current-context: other'))
    expect(await clusters.open(id)).toBe(first)
    await writeFile(file, config('one', 'https://127.0.0.1:2'))

    expect((await clusters.open(id)).server).toBe('https://127.0.0.1:2')
  })

  it('reports which context is unknown, and why one cannot be used', async () => {
    const file = await writeConfig('.kube/config', config('one', 'not an address'))
    const clusters = start()

    await expect(clusters.open('nothing')).rejects.toMatchObject({ code: 'CONTEXT_UNKNOWN' })
    await expect(clusters.connection(contextId(file, 'one'))).rejects.toMatchObject({
      code: 'KUBECONFIG_INVALID',
      message: expect.stringContaining('is not an http or https address'),
    })
  })

  it('contains the PATH for credential programs, and no secret of the kubeconfig', async () => {
    const file = await writeConfig('.kube/config', config('one', 'https://127.0.0.1:1', '{token: CANARY}'))
    const shell = await writeConfig(
      'shell',
      '#!/bin/sh\nexport PATH=/from/the/shell:$PATH SECRET=CANARY\nfor last; do :; done\neval "$last"\n',
    )
    await chmod(shell, 0o700)
    const clusters = start({ shell, environment: { PATH: process.env.PATH } })

    const connection = await clusters.connection(contextId(file, 'one'))

    expect(connection).toMatchObject({ files: [file], contextName: 'one' })
    expect(connection.environment.PATH).toMatch(/^\/from\/the\/shell:/)
    expect(JSON.stringify(connection)).not.toContain('CANARY')
  })
})

describe('probe', () => {
  it('returns the version of the API server and the elapsed time', async () => {
    const tls = await makeCertificates()
    const version = { gitVersion: 'v1.36.3', platform: 'linux/amd64' }
    const server = await serveApi(tls, (_seen, response) => json(response, 200, version))
    onTestFinished(() => server.close())
    const text = config('one', server.url).replace(
      'cluster: {',
      `cluster: {certificate-authority-data: ${Buffer.from(tls.ca).toString('base64')}, `,
    )
    const file = await writeConfig('.kube/config', text)

    const probe = await start().probe({ contextId: contextId(file, 'one') }, AbortSignal.timeout(5_000))

    expect(probe).toMatchObject({ reachable: true, version: 'v1.36.3', platform: 'linux/amd64' })
    expect(probe.elapsedMs).toBeGreaterThan(0)
  })

  it('returns the problem if no server listens', async () => {
    const file = await writeConfig('.kube/config', config('one'))

    const probe = await start().probe({ contextId: contextId(file, 'one') }, AbortSignal.timeout(5_000))

    expect(probe).toMatchObject({ reachable: false, problem: { code: 'CLUSTER_UNREACHABLE' } })
  })
})
