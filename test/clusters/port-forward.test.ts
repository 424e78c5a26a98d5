import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { forwardPort, openPort } from '../../main/lib/kubernetes/port-forward.ts'
import { apiOf } from '../bed/access.ts'
import type { Api } from '../bed/api.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { execInPod, shellPod, skipReason, waitForPhase } from '../bed/with-bed.ts'

const reason = skipReason('real')
const soon = () => AbortSignal.timeout(20_000)
const mebibyte = 1_048_576

describe.skipIf(reason !== '')(`port-forward to a real pod ${reason}`, () => {
  let bed: Bed
  let client: KubernetesClient
  let api: Api
  const web = { namespace: 'default', pod: 'web' }
  const [httpPort, echoPort, endlessPort, holdPort] = [8080, 7000, 7001, 7002]

  beforeAll(async () => {
    const signal = AbortSignal.timeout(230_000)
    bed = await startBed({ pods: 'real' }, signal)
    client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    api = await apiOf(bed)
    for (const name of ['web', 'deleted']) await api.apply(shellPod(name, servers), signal)
    for (const name of ['web', 'deleted']) await waitForPhase(api, name, 'Running', signal)
  }, 240_000)
  afterAll(async () => {
    await client?.close()
    await bed?.down()
  }, 60_000)

  /** An HTTP server with a file of 1 MiB, and TCP servers that echo, that send without end, and that only wait. */
  const servers = [
    'mkdir /www && head -c 1048576 /dev/urandom > /www/file',
    `httpd -p ${httpPort} -h /www`,
    `nc -ll -p ${echoPort} -e cat &`,
    `nc -ll -p ${endlessPort} -e cat /dev/zero &`,
    `nc -ll -p ${holdPort} -e sleep 1000 &`,
    'sleep 1000',
  ].join('\n')

  /** The forwards that the node of the bed carries: connections inside the pod that are not closed. */
  const openInPod = async (pod: string): Promise<number> => {
    const table = await execInPod(bed, pod, ['cat', '/proc/net/tcp'])
    const established = '01'
    return table.split('\n').filter((line) => line.trim().split(/\s+/)[3] === established).length
  }
  const nothingLeft = () => expect.poll(() => openInPod('web'), { timeout: 10_000, interval: 200 }).toBe(0)

  it('carries the requests of an HTTP client to a server, each byte of 1 MiB', async () => {
    const forward = await forwardPort(client, { ...web, port: httpPort }, soon())
    const expected = (await execInPod(bed, 'web', ['sha256sum', '/www/file'])).split(' ')[0]

    const bodies = await Promise.all(
      [1, 2, 3].map(async () => {
        const response = await fetch(`http://127.0.0.1:${forward.port}/file`, { headers: { connection: 'close' } })
        return Buffer.from(await response.arrayBuffer())
      }),
    )
    await forward.close()

    expect(bodies.map((body) => createHash('sha256').update(body).digest('hex'))).toEqual(Array(3).fill(expected))
    await nothingLeft()
  })

  it('carries 1 MiB there and back', async () => {
    const stream = await openPort(client, { ...web, port: echoPort }, soon())
    const sent = Buffer.alloc(mebibyte, 'hangar\n')
    const received: Buffer[] = []
    let size = 0

    stream.write(sent)
    for await (const chunk of stream) {
      received.push(chunk)
      size += chunk.length
      if (size === sent.length) break
    }

    expect(Buffer.concat(received).equals(sent)).toBe(true)
    await nothingLeft()
  })

  it('gives the whole response after the input ended, also after the second that kubectl allows', async () => {
    const stream = await openPort(client, { ...web, port: httpPort }, soon())
    stream.end('GET /file HTTP/1.0\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 2_000))

    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk)

    const response = Buffer.concat(chunks)
    expect(response.length - response.indexOf('\r\n\r\n') - 4).toBe(mebibyte)
  })

  it('reports a port on which nothing listens with the message of the node', async () => {
    const stream = await openPort(client, { ...web, port: 9 }, soon())

    await expect(text(stream)).rejects.toMatchObject({
      code: 'PORT_FORWARD_FAILED',
      message: 'The forward to port 9 of pod default/web failed.',
      evidence: expect.stringContaining('connection refused'),
    })
  })

  it('reports a pod that does not exist', async () => {
    await expect(openPort(client, { ...web, pod: 'missing', port: 80 }, soon())).rejects.toMatchObject({
      code: 'CLUSTER_REFUSED',
      status: { code: 404, reason: 'NotFound' },
      message: 'pods "missing" not found',
    })
  })

  it('reports a missing permission with its name', async () => {
    const config = parse(await readFile(bed.kubeconfig, 'utf8'))
    config.users[0].user.as = 'somebody'
    const file = `${bed.kubeconfig}.somebody`
    await writeFile(file, stringify(config), { mode: 0o600 })
    const somebody = await openCluster({ files: [file], contextName: bed.name, environment: {} })

    const refused = openPort(somebody, { ...web, port: httpPort }, soon())

    await expect(refused).rejects.toMatchObject({
      code: 'CLUSTER_FORBIDDEN',
      message: expect.stringContaining('cannot get resource "pods/portforward"'),
    })
    await somebody.close()
  })

  it('ends when the pod is deleted during the transfer', async () => {
    const stream = await openPort(client, { ...web, pod: 'deleted', port: endlessPort }, AbortSignal.timeout(60_000))
    let size = 0
    const reading = (async () => {
      for await (const chunk of stream) size += chunk.length
    })().then(
      () => 'ended',
      (error: { code: string }) => error.code,
    )
    await expect.poll(() => size).toBeGreaterThan(mebibyte)

    await client.request('DELETE', '/api/v1/namespaces/default/pods/deleted', {}, soon())

    expect(await reading).toMatch(/^(ended|PORT_FORWARD_FAILED)$/)
    expect(stream.destroyed).toBe(true)
  }, 60_000)

  it('a cancelled listener resets its connections, and the pod has none left', async () => {
    const stop = new AbortController()
    const forward = await forwardPort(client, { ...web, port: holdPort }, stop.signal)
    const local = connect(forward.port, '127.0.0.1')
    const failed = new Promise<{ code?: string }>((resolve) => local.once('error', resolve))
    await expect.poll(() => openInPod('web'), { timeout: 10_000 }).toBeGreaterThan(0)

    stop.abort(new Error('enough'))

    expect(await failed).toMatchObject({ code: 'ECONNRESET' })
    await nothingLeft()
  })
})
