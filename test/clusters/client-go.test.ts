import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readKubeconfig, usableContext } from '../../main/lib/kubernetes/kubeconfig.ts'
import { openCluster, readTexts } from '../../main/lib/kubernetes/open.ts'
import { isSound, singleContext } from '../../main/lib/kubernetes/single-context.ts'
import { buildHelm, helmPath } from '../../scripts/build-helm.ts'
import { skipReason } from '../bed/with-bed.ts'
import { serveRefusingProxy } from './api-server.ts'
import { type Ask, authenticationCases, receivedFrom } from './authentication-cases.ts'
import { makeCertificates } from './certificates.ts'
import { allowAll } from './kubeconfig-folder.ts'

const reason = skipReason('simulated')

const byHangar: Ask = async (kubeconfig, environment) => {
  const client = await openCluster(await allowAll({ files: [kubeconfig], contextName: 'test', environment }))
  try {
    await client.request('GET', '/version', {}, AbortSignal.timeout(5_000))
  } finally {
    await client.close()
  }
}

/** helm reaches a cluster as client-go does. Nothing of this process's environment is passed on. */
const helmList = (files: readonly string[], context: string, environment: Readonly<Record<string, string>>) =>
  promisify(execFile)(helmPath(), ['list', '--kube-context', context], {
    env: { PATH: process.env.PATH, HOME: dirname(files[0] ?? ''), KUBECONFIG: files.join(delimiter), ...environment },
    timeout: 20_000,
  })

const byHelm: Ask = (kubeconfig, environment) => helmList([kubeconfig], 'test', environment)

describe.skipIf(reason !== '')(`what an API server receives, compared with client-go ${reason}`, () => {
  let tls: Awaited<ReturnType<typeof makeCertificates>>
  beforeAll(async () => {
    await buildHelm()
    tls = await makeCertificates()
  }, 290_000)

  it.each(authenticationCases)('$name', async (each) => {
    const [ours, theirs] = [await receivedFrom(byHangar, each, tls), await receivedFrom(byHelm, each, tls)]

    expect(ours).toBe(theirs)
  })
})

const corpus = join(import.meta.dirname, '../corpus/kubeconfig')
const kubeconfigs = readdirSync(corpus).map((name) => {
  const { order = ['config'] } = JSON.parse(readFileSync(join(corpus, name, 'expected.json'), 'utf8'))
  return { name, files: (order as string[]).map((file) => join(corpus, name, file)) } // by the schema of the corpus
})

describe.skipIf(reason !== '')(`the kubeconfigs of the corpus, compared with client-go ${reason}`, () => {
  let folder: string
  let compared = 0
  beforeAll(async () => {
    await buildHelm()
    folder = await mkdtemp(join(tmpdir(), 'hangar-corpus-'))
  }, 290_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(kubeconfigs)('$name: client-go loads what helm is given, and goes to the same server', async ({ files }) => {
    const texts = await readTexts(files)
    const kubeconfig = readKubeconfig(texts)
    for (const { name: contextName, cluster, fault } of kubeconfig.contexts) {
      if (cluster === undefined || fault !== undefined) continue
      const copy = join(folder, 'config')
      const sound = isSound(kubeconfig)
      if (!sound) await writeFile(copy, singleContext(usableContext(kubeconfig, contextName)), { mode: 0o600 })
      const proxy = await serveRefusingProxy()
      const proxies = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }

      const failure = await helmList(sound ? files : [copy], contextName, proxies).catch((error: unknown) => error)

      expect(String(failure)).not.toMatch(/error loading config|cannot unmarshal|yaml:|does not exist/i)
      await proxy.close()
      // None: a credential program that does not exist, a missing file, or a proxy that the kubeconfig names.
      if (proxy.asked.length === 0) continue
      compared += 1
      const { hostname } = new URL(cluster.server)
      expect(proxy.asked.every((host) => host.startsWith(hostname) || host.startsWith('issuer.'))).toBe(true)
    }
  })

  it('went to a server in most cases', () => {
    expect(compared).toBeGreaterThan(25)
  })
})
