import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { type ExecResult, execInPod } from '../../main/lib/kubernetes/exec.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { apiOf } from '../bed/access.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { shellPod, skipReason, waitForPhase } from '../bed/with-bed.ts'

const reason = skipReason('real')
const soon = () => AbortSignal.timeout(20_000)

describe.skipIf(reason !== '')(`exec in a real pod ${reason}`, () => {
  let bed: Bed
  let client: KubernetesClient

  beforeAll(async () => {
    const signal = AbortSignal.timeout(230_000)
    bed = await startBed({ pods: 'real' }, signal)
    client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    const api = await apiOf(bed)
    await api.apply(shellPod('shell', 'sleep 1000'), signal)
    await waitForPhase(api, 'shell', 'Running', signal)
  }, 240_000)
  afterAll(async () => {
    await client?.close()
    await bed?.down()
  }, 60_000)

  /** Runs a script. Resolves with its standard output and its result. */
  async function run(
    script: string,
    stdin: Uint8Array | undefined,
    { through = client, signal = soon() }: { through?: KubernetesClient; signal?: AbortSignal } = {},
  ): Promise<{ output: Buffer; result: ExecResult }> {
    const at = { namespace: 'default', pod: 'shell', container: 'main', command: ['sh', '-c', script] }
    const chunks: Uint8Array[] = []
    const running = execInPod(through, stdin === undefined ? at : { ...at, stdin }, signal)
    for (;;) {
      const next = await running.next()
      if (next.done) return { output: Buffer.concat(chunks), result: next.value }
      chunks.push(next.value)
    }
  }

  it('returns the output of a program, and its success', async () => {
    const { output, result } = await run('echo hello', undefined)

    expect([output.toString(), result]).toEqual(['hello\n', { ok: true, message: '' }])
  })

  it('returns the exit code and the end of standard error of a program that fails', async () => {
    const { output, result } = await run('echo out; echo broken >&2; exit 3', undefined)

    expect([output.toString(), result.ok]).toEqual(['out\n', false])
    expect(result.message).toMatch(/exit code 3.*: broken$/s)
  })

  it('closes standard input, so that a program that reads all of it ends, with every byte', async () => {
    const input = Buffer.alloc(3_000_000, 'hangar\n')

    const { output, result } = await run('cat', input)

    expect([output.length, output.equals(input), result.ok]).toEqual([input.length, true, true])
  })

  it('loses no output on a cluster with version 4 of the protocol, where input cannot be closed', async () => {
    const version4: KubernetesClient = {
      ...client,
      socket: (path, _protocols, signal) => client.socket(path, ['v4.channel.k8s.io'], signal),
    }

    const { output, result } = await run('head -c 6; sleep 1; echo done', Buffer.from('hangar'), { through: version4 })

    expect([output.toString(), result.ok]).toEqual(['hangardone\n', true])
  })

  it('reports a container that does not exist as a Problem or a failed result', async () => {
    const at = { namespace: 'default', pod: 'shell', container: 'other', command: ['true'] }

    const end = await execInPod(client, at, soon())
      .next()
      .catch((error: unknown) => error)

    expect(JSON.stringify(end instanceof Error ? { ...end, message: end.message } : end)).not.toContain('"ok":true')
  })

  it('ends with the reason of an abort', async () => {
    const stop = new AbortController()
    const running = run('echo started; sleep 100', undefined, { signal: stop.signal }).catch((error: unknown) => error)
    setTimeout(() => stop.abort(new Error('enough')), 1_000)

    expect(await running).toMatchObject({ message: 'enough' })
  })
})
