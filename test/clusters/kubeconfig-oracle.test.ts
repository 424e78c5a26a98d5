import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClusters } from '../../main/clusters/clusters.ts'
import { type Kubeconfig, readKubeconfig, usableContext } from '../../main/lib/kubernetes/kubeconfig.ts'
import { readTexts } from '../../main/lib/kubernetes/open.ts'
import { isSound, singleContext } from '../../main/lib/kubernetes/single-context.ts'
import { buildHelm, helmPath } from '../../scripts/build-helm.ts'
import { skipReason } from '../bed/with-bed.ts'
import { json, type Listening, type Seen, serveApi } from './api-server.ts'
import { makeCertificates } from './certificates.ts'
import { type KubeconfigCase, kubeconfigCases, type Material } from './kubeconfig-cases.ts'
import { generatedCases, sampled } from './kubeconfig-generated.ts'

const folderOfCorpus = join(import.meta.dirname, '../corpus/kubeconfig')
const corpus = readdirSync(folderOfCorpus).map((name) => {
  const { order = ['config'] } = JSON.parse(readFileSync(join(folderOfCorpus, name, 'expected.json'), 'utf8'))
  return { name, files: (order as string[]).map((file) => join(folderOfCorpus, name, file)) } // by the schema of the corpus
})

const isLong = process.env.HANGAR_LONG === '1'
const seed = Number(process.env.HANGAR_SEED ?? (isLong ? Date.now() % 1_000_000 : 12))
/** All of them take a minute on two idle cores. */
const generated = isLong ? generatedCases(seed, 600) : sampled(generatedCases(seed, 20), 50, seed)
const reason = skipReason('simulated')

/** What reached the API server or the proxy before it; undefined: nothing. */
interface Received {
  /** The host that was named. */
  readonly cluster: string
  readonly user: string
  readonly path: string
}

/** A proxy that leads every destination to one API server, and answers plain HTTP itself. */
async function serveEverything(port: number, received: Received[]) {
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '')
    received.push({ cluster: url?.host ?? '', user: describeUser(request.headers), path: url?.pathname ?? '' })
    json(response, 200, { gitVersion: 'v1.36.3', items: [] })
  })
  server.on('connect', (request, client: Socket) => {
    const login = request.headers['proxy-authorization'] ?? ''
    received.push({ cluster: `${request.url ?? ''} ${login}`.trim(), user: '', path: '' })
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(client).pipe(onward)
    })
    for (const socket of [client, onward]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo // of a TCP server
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await promisify(server.close.bind(server))()
    },
  }
}

function describeUser(headers: Seen['headers'], clientName?: string): string {
  const impersonated = Object.entries(headers).filter(([name]) => name.startsWith('impersonate-'))
  const parts = [
    headers.authorization,
    clientName && `certificate of ${clientName}`,
    ...impersonated.map(String).sort(),
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(', ') || 'nobody'
}

describe.skipIf(reason !== '')(`a kubeconfig, read by Hangar and by helm ${reason}`, () => {
  let folder: string
  let server: Listening
  let material: Material
  let proxy: Awaited<ReturnType<typeof serveEverything>>
  const asked: Received[] = []
  const namespaces: (string | undefined)[] = []

  beforeAll(async () => {
    await buildHelm()
    folder = await mkdtemp(join(tmpdir(), 'hangar-oracle-'))
    const tls = await makeCertificates()
    server = await serveApi(tls, (_seen, response) => json(response, 200, { gitVersion: 'v1.36.3', items: [] }))
    proxy = await serveEverything(server.port, asked)
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    material = {
      server: 'https://api.cluster.test:6443',
      authority: base64(tls.ca),
      certificate: base64(tls.client.cert),
      key: base64(tls.client.key),
      otherKey: base64(tls.server.key),
      tls,
      proxy: proxy.url,
    }
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY']) vi.stubEnv(name, proxy.url)
  }, 290_000)
  afterAll(async () => {
    vi.unstubAllEnvs()
    await proxy.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Whether a client used the context, and with which cluster, user and namespace. */
  async function outcome(use: () => Promise<string | undefined>) {
    asked.length = 0
    server.seen.length = 0
    const namespace = await use()
    const [first] = asked
    if (first === undefined) return 'refused'
    const [seen] = server.seen
    return {
      cluster: `${first.cluster}${seen?.url.pathname.replace(/\/(api|apis|version)(\/.*)?$/, '') ?? ''}`,
      user: seen === undefined ? first.user : describeUser(seen.headers, seen.clientName),
      namespace,
    }
  }

  const byHelm = async (files: readonly string[], home: string, context = 'test') => {
    const options = {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        KUBECONFIG: files.join(delimiter),
        HTTPS_PROXY: proxy.url,
        HTTP_PROXY: proxy.url,
      },
      timeout: 20_000,
    }
    await promisify(execFile)(helmPath(), ['list', '--kube-context', context], options).catch((error: unknown) => error)
    // It lists its releases in one namespace, where the connection is trusted.
    const paths = [...server.seen.map(({ url }) => url.pathname), ...asked.map(({ path }) => path)]
    return /\/namespaces\/([^/]+)/.exec(paths.join('\n'))?.[1]
  }

  const byHangar = async (files: readonly string[], name = 'test') => {
    const clusters = createClusters({ kubeconfigFiles: files, trustedFiles: files, environment: {}, shell: '' })
    try {
      const { contexts } = await clusters.contexts()
      const context = contexts.find((each) => each.name === name)
      if (context === undefined) return undefined
      if (context.problem === undefined) await clusters.probe({ contextId: context.id }, AbortSignal.timeout(10_000))
      problem = context.problem?.message ?? ''
      return context.namespace ?? 'default'
    } finally {
      await clusters.close()
    }
  }
  let problem = ''

  async function write({ text, files, others }: KubeconfigCase): Promise<{ home: string; all: string[] }> {
    const home = await mkdtemp(join(folder, 'case-'))
    for (const [name, content] of Object.entries(files?.(material) ?? {})) {
      await writeFile(join(home, name), content)
      if (name === 'sign-in') await chmod(join(home, name), 0o700)
    }
    const first = join(home, 'config')
    await writeFile(first, text(material), { mode: 0o600 })
    const rest = (others?.(material) ?? []).map(async (other, index) => {
      const file = join(home, `other-${index}`, 'config')
      await mkdir(join(home, `other-${index}`))
      if (other !== 'missing') await writeFile(file, other, { mode: 0o600 })
      return file
    })
    return { home, all: [first, ...(await Promise.all(rest))] }
  }

  it.each(kubeconfigCases)('$name', async (each) => {
    const { home, all } = await write(each)
    problem = ''
    const ours = await outcome(() => byHangar(all))
    const theirs = await outcome(() => byHelm(all, home))
    namespaces.push(typeof ours === 'string' ? undefined : ours.namespace)

    const isConnected = typeof theirs !== 'string' && theirs.namespace !== undefined
    const seen = isConnected || typeof ours === 'string' ? ours : { ...ours, namespace: undefined }
    if (each.difference === undefined) expect(seen, problem).toEqual(theirs)
    else expect(ours, each.difference).not.toEqual(theirs)
  })

  it.each(generated)('generated, $name', async (each) => {
    const { home, all } = await write(each)
    problem = ''
    const given = await givenToHelm(all, home)
    const ours = normalized(await outcome(() => byHangar(all)))
    const theirs = normalized(await outcome(() => byHelm(given, home)))
    const isConnected = typeof theirs !== 'string' && theirs.namespace !== undefined
    const seen = isConnected || typeof ours === 'string' ? ours : { ...ours, namespace: undefined }
    if (each.difference === undefined) expect({ seen }, problem).toEqual({ seen: theirs })
    else expect({ seen }, each.difference).not.toEqual({ seen: theirs })
  })

  /** Of a file that is faulty elsewhere, Hangar gives helm the one context. */
  async function givenToHelm(files: readonly string[], home: string): Promise<readonly string[]> {
    const texts = await readTexts(files).catch(() => undefined)
    if (texts === undefined) return files
    const kubeconfig = readKubeconfig(texts)
    const context = kubeconfig.contexts.find(({ name }) => name === 'test')
    if (context === undefined || context.fault !== undefined || isSound(kubeconfig)) return files
    const copy = join(home, 'single')
    await writeFile(copy, singleContext(usableContext(kubeconfig, 'test')), { mode: 0o600 })
    return [copy]
  }

  /** Without what two readers may write in two ways: the case of a host, its address, zeros of a port, escapes of a name. */
  function normalized(seen: Awaited<ReturnType<typeof outcome>>) {
    if (typeof seen === 'string') return seen
    const [, host = '', rest = ''] = /^([^/ ]+)(.*)$/.exec(seen.cluster) ?? []
    const namespace = seen.namespace === undefined ? undefined : decodeURIComponent(seen.namespace)
    return { ...seen, namespace, cluster: `${URL.parse(`https://${host}`)?.host ?? host}${rest}` }
  }

  // A file that client-go refuses for an entry of another context is given to helm as a copy of the one context.
  it.each(corpus)('of the corpus: $name', async ({ files }) => {
    const kubeconfig = readKubeconfig(await readTexts(files))
    for (const name of new Set(kubeconfig.contexts.map((context) => context.name)))
      await compareContext(files, kubeconfig, name)
  })

  async function compareContext(files: readonly string[], kubeconfig: Kubeconfig, name: string) {
    const home = await mkdtemp(join(folder, 'corpus-'))
    const context = kubeconfig.contexts.find((each) => each.name === name)
    const isUsable = context?.fault === undefined
    // Hangar sends credentials over plain HTTP after consent, client-go never.
    const isPlain = context?.cluster?.server.startsWith('http:') === true
    const copy = join(home, 'config')
    if (isUsable) await writeFile(copy, singleContext(usableContext(kubeconfig, name)), { mode: 0o600 })
    const given = isSound(kubeconfig) || !isUsable ? files : [copy]

    const ours = await outcome(() => byHangar(files, name))
    const theirs = await outcome(() => byHelm(given, home, name))

    // Without the certificate authority of the file, the handshake ends before a request: the namespace is not seen.
    const comparable = (seen: typeof ours) =>
      typeof seen === 'string' ? seen : { ...seen, namespace: undefined, user: isPlain ? undefined : seen.user }
    expect(comparable(ours), name).toEqual(comparable(theirs))
  }

  it('is one of at least 150, and both kinds are frequent', () => {
    expect(namespaces.length).toBeGreaterThan(150)
    expect(namespaces.filter((namespace) => namespace === undefined).length).toBeGreaterThan(50)
    expect(namespaces.filter((namespace) => namespace !== undefined).length).toBeGreaterThan(50)
  })
})
