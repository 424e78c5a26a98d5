import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { buildHelm, helmPath } from '../../scripts/build-helm.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type Ask, authenticationCases, receivedFrom } from './authentication-cases.ts'
import { makeCertificates } from './certificates.ts'

const reason = skipReason('simulated')

const byHangar: Ask = async (kubeconfig, environment) => {
  const client = await openCluster({ files: [kubeconfig], contextName: 'test', environment })
  try {
    await client.request('GET', '/version', {}, AbortSignal.timeout(5_000))
  } finally {
    await client.close()
  }
}

/** helm reaches a cluster as client-go does. Nothing of this process's environment is passed on. */
const byHelm: Ask = (kubeconfig, environment) =>
  promisify(execFile)(helmPath(), ['list', '--kubeconfig', kubeconfig, '--kube-context', 'test'], {
    env: { PATH: process.env.PATH, HOME: dirname(kubeconfig), ...environment },
    timeout: 20_000,
  })

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
