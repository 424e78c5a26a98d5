import { readFile, writeFile } from 'node:fs/promises'
import { createServer as createSilentServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { type Answer, json, serveApi, serveProxy, statusObject } from '../../../test/clusters/api-server.ts'
import { makeCertificates } from '../../../test/clusters/certificates.ts'
import { allowAll, kubeconfigFolder, writeProgram } from '../../../test/clusters/kubeconfig-folder.ts'
import { isRunning, processId } from '../process-id.ts'
import type { KubernetesClient } from './client.ts'
import { isConflict, isGone, isNotFound, KubernetesError } from './failure.ts'
import { openCluster } from './open.ts'

let tls: Awaited<ReturnType<typeof makeCertificates>>
beforeAll(async () => {
  tls = await makeCertificates()
})

const base64 = (text: string) => Buffer.from(text).toString('base64')
const soon = () => AbortSignal.timeout(5_000)
const version = { gitVersion: 'v1.36.3' }

async function serve(answer: Answer = (_seen, response) => json(response, 200, version)) {
  const server = await serveApi(tls, answer)
  onTestFinished(() => server.close())
  return server
}

async function open(
  cluster: Record<string, unknown>,
  user: Record<string, unknown> = {},
  environment: Record<string, string> = {},
  prepare: (folder: string) => Promise<void> = async () => undefined,
): Promise<{ client: KubernetesClient; folder: string }> {
  const config = await kubeconfigFolder(cluster, user, environment)
  await prepare(config.folder)
  const client = await openCluster(await allowAll(config.connection))
  onTestFinished(async () => {
    await client.close()
    await config.remove()
  })
  return { client, folder: config.folder }
}

const trusted = (url: string) => ({ server: url, 'certificate-authority-data': base64(tls.ca) })

async function failureOf(promise: Promise<unknown>): Promise<Problem> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure instanceof Problem) return failure
  throw new Error('Expected a Problem', { cause: failure })
}

describe('openCluster', () => {
  it('sends its client certificate and verifies the server against the authority of the kubeconfig', async () => {
    const server = await serve()
    const user = { 'client-certificate-data': base64(tls.client.cert), 'client-key-data': base64(tls.client.key) }
    const { client } = await open(trusted(server.url), user)

    expect(await client.request('GET', '/version', {}, soon())).toEqual(version)
    expect(server.seen[0]?.clientName).toBe('client')
  })

  it('reads certificate files relative to the folder of the kubeconfig', async () => {
    const server = await serve()
    const { client, folder } = await open(
      { server: server.url, 'certificate-authority': 'pki/../ca.crt' },
      { 'client-certificate': './client.crt', 'client-key': 'client.key' },
    )
    await writeFile(join(folder, 'ca.crt'), tls.ca)
    await writeFile(join(folder, 'client.crt'), tls.client.cert)
    await writeFile(join(folder, 'client.key'), tls.client.key)

    await client.request('GET', '/version', {}, soon())

    expect(server.seen[0]?.clientName).toBe('client')
  })

  it('names the missing file of a certificate', async () => {
    const { client, folder } = await open({ server: 'https://127.0.0.1:1', 'certificate-authority': 'missing.crt' })

    expect(await failureOf(client.request('GET', '/version', {}, soon()))).toMatchObject({
      code: 'FILE_UNREADABLE',
      evidence: join(folder, 'missing.crt'),
    })
  })

  it('does not trust a server of another authority, and reports the code', async () => {
    const server = await serve()
    const { client } = await open({ server: server.url })

    const failure = await failureOf(client.request('GET', '/version', {}, soon()))

    expect(failure.code).toBe('CLUSTER_UNTRUSTED')
    expect(failure.evidence).toMatch(
      /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/,
    )
    expect(server.seen).toEqual([])
  })

  it('checks the name in tls-server-name instead of the host', async () => {
    const server = await serve()
    const right = await open({ ...trusted(server.url), 'tls-server-name': 'api.cluster.test' })
    const wrong = await open({ ...trusted(server.url), 'tls-server-name': 'other.cluster.test' })

    expect(await right.client.request('GET', '/version', {}, soon())).toEqual(version)
    expect((await failureOf(wrong.client.request('GET', '/version', {}, soon()))).evidence).toContain('ALTNAME_INVALID')
  })

  it('does not open a connection for each request', async () => {
    const server = await serve()
    const { client } = await open(trusted(server.url))

    for (let count = 0; count < 20; count += 1) await client.request('GET', '/version', {}, soon())

    // A second one opens when a request begins in the very turn in which the last one ends.
    expect(new Set(server.seen.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2)
  })

  it('prepends the path of a server behind a gateway', async () => {
    const server = await serve()
    const { client } = await open(trusted(`${server.url}/k8s/clusters/c-1/`))

    await client.request('GET', '/api/v1/pods', { query: { limit: 5, continue: undefined } }, soon())

    expect(server.seen[0]?.url.href).toBe('https://server/k8s/clusters/c-1/api/v1/pods?limit=5')
  })

  it('sends a token, basic authentication and impersonation as kubectl does', async () => {
    const server = await serve()
    const token = await open(trusted(server.url), { token: 'canary-token', as: 'jo', 'as-groups': ['ops', 'dev'] })
    const basic = await open(trusted(server.url), { username: 'jo', password: 'canary' })

    await token.client.request('GET', '/version', {}, soon())
    await basic.client.request('GET', '/version', {}, soon())

    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer canary-token',
      'impersonate-user': 'jo',
      'impersonate-group': 'ops, dev',
    })
    expect(server.seen[1]?.headers.authorization).toBe(`Basic ${base64('jo:canary')}`)
  })

  it('reads a token file again after a 401, once', async () => {
    const server = await serve((seen, response) =>
      seen.headers.authorization === 'Bearer second'
        ? json(response, 200, version)
        : json(response, 401, statusObject(401, 'Unauthorized', 'Unauthorized')),
    )
    const { client, folder } = await open(trusted(server.url), { tokenFile: 'token' })
    await writeFile(join(folder, 'token'), 'first\n')
    expect((await failureOf(client.request('GET', '/version', {}, soon()))).code).toBe('CLUSTER_UNAUTHORIZED')
    expect(server.seen).toHaveLength(2)

    await writeFile(join(folder, 'token'), 'second\n')

    expect(await client.request('GET', '/version', {}, soon())).toEqual(version)
    expect(server.seen).toHaveLength(4)
  })
})

describe('a 401', () => {
  const token = (exp: number) => `a.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c`
  it.each([
    ['a token that has ended', token(1_704_067_200), 'CREDENTIAL_ENDED', 'ended at 2024-01-01 00:00 UTC'],
    ['a token that has not', token(4_102_444_800), 'CLUSTER_UNAUTHORIZED', 'does not accept the credentials'],
    ['a token that says nothing of its end', 'opaque', 'CLUSTER_UNAUTHORIZED', 'does not accept the credentials'],
  ])('for %s names its reason', async (_case, sent, code, message) => {
    const server = await serve((_seen, response) =>
      json(response, 401, statusObject(401, 'Unauthorized', 'Unauthorized')),
    )
    const { client } = await open(trusted(server.url), { token: sent })

    const failure = await failureOf(client.request('GET', '/version', {}, soon()))

    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) })
    expect(failure).toMatchObject({ status: { code: 401 } })
  })
})

/** A credential program that counts its runs and prints a token with that count. */
/** Writes the credential program beside the kubeconfig; undefined: there is none. */
const withPlugin = (body: string | undefined) => async (folder: string) => {
  if (body !== undefined) await writeProgram(join(folder, 'sign-in'), body)
}

const printToken = `echo run >> "$0.count"; n=$(wc -l < "$0.count" | tr -d ' ')
echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"token-$n\\"}}"`
const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './sign-in', interactiveMode: 'IfAvailable' }

describe.skipIf(process.platform === 'win32')('a credential program', () => {
  it('runs once for many requests, and again when its token is refused', async () => {
    const server = await serve((seen, response) =>
      seen.headers.authorization === 'Bearer token-2'
        ? json(response, 200, version)
        : json(response, 401, statusObject(401, 'Unauthorized', 'Unauthorized')),
    )
    const { client, folder } = await open(trusted(server.url), { exec }, {}, withPlugin(printToken))

    await client.request('GET', '/version', {}, soon())
    await Promise.all(Array.from({ length: 20 }, () => client.request('GET', '/version', {}, soon())))

    expect(await readFile(join(folder, 'sign-in.count'), 'utf8')).toBe('run\nrun\n')
  })

  it('is found on the PATH of the login shell, and gets the variables of the kubeconfig and the cluster', async () => {
    const server = await serve()
    const bin = await kubeconfigFolder({}, {})
    onTestFinished(() => bin.remove())
    await writeProgram(join(bin.folder, 'sign-in'), `echo "$REGION $KUBERNETES_EXEC_INFO" > "$0.seen"; ${printToken}`)
    const { client } = await open(
      trusted(server.url),
      { exec: { ...exec, command: 'sign-in', provideClusterInfo: true, env: [{ name: 'REGION', value: 'north' }] } },
      { PATH: `${bin.folder}:${process.env.PATH}` },
    )

    await client.request('GET', '/version', {}, soon())

    const [region, ...info] = (await readFile(join(bin.folder, 'sign-in.seen'), 'utf8')).split(' ')
    expect(region).toBe('north')
    expect(JSON.parse(info.join(' ')).spec).toMatchObject({ interactive: false, cluster: { server: server.url } })
  })

  it.each([
    ['is missing', undefined, 'was not found on the PATH'],
    ['fails', 'echo "token=canary-secret is no good" >&2; exit 3', 'failed (3)'],
    ['prints something else', 'echo canary-secret', 'is not JSON'],
    ['prints no credential', `echo '{"kind":"ExecCredential","status":{}}'`, 'not an ExecCredential with a credential'],
  ])('that %s is reported without its output', async (_case, body, message) => {
    const { client } = await open({ server: 'https://127.0.0.1:1' }, { exec }, {}, withPlugin(body))

    const failure = await failureOf(client.request('GET', '/version', {}, soon()))

    expect(failure.code).toBe('CREDENTIAL_PLUGIN_FAILED')
    expect(failure.message).toContain(message)
    expect(`${failure.message} ${failure.evidence}`).not.toContain('canary-secret')
  })
})

describe.skipIf(process.platform === 'win32')('a credential program that waits for the user', () => {
  it('is ended when its client is closed', async () => {
    const plugin = withPlugin('echo $$ > "$0.pid"; exec sleep 60')
    const { client, folder } = await open({ server: 'https://127.0.0.1:1' }, { exec }, {}, plugin)
    const readPid = async () => Number(await readFile(join(folder, 'sign-in.pid'), 'utf8').catch(() => '0'))
    const response = client.request('GET', '/version', {}, soon()).catch((error: unknown) => error)
    await expect.poll(readPid, { timeout: 4_000 }).toBeGreaterThan(0)
    const program = processId(await readPid())

    await client.close()

    expect(await response).toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => isRunning(program), { timeout: 4_000 }).toBe(false)
  })
})

describe('failures', () => {
  it.each([
    [404, 'NotFound', 'CLUSTER_REFUSED', isNotFound],
    [409, 'Conflict', 'CLUSTER_REFUSED', isConflict],
    [410, 'Expired', 'CLUSTER_REFUSED', isGone],
  ] as const)('HTTP %i keeps its reason %s', async (status, reason, code, isIt) => {
    const server = await serve((_seen, response) =>
      json(response, status, statusObject(status, reason, `message of ${reason}`)),
    )
    const { client } = await open(trusted(server.url))

    const failure = await failureOf(client.request('GET', '/api/v1/pods', {}, soon()))

    expect(failure).toBeInstanceOf(KubernetesError)
    expect(failure).toMatchObject({ code, message: `message of ${reason}`, status: { code: status, reason } })
    expect(isIt(failure)).toBe(true)
    expect([isNotFound, isConflict, isGone].filter((is) => is(failure))).toEqual([isIt])
  })

  it('reports a missing permission with the message of the API server', async () => {
    const message = 'pods is forbidden: User "jo" cannot list resource "pods"'
    const server = await serve((_seen, response) => json(response, 403, statusObject(403, 'Forbidden', message)))
    const { client } = await open(trusted(server.url))

    expect(await failureOf(client.request('GET', '/api/v1/pods', {}, soon()))).toMatchObject({
      code: 'CLUSTER_FORBIDDEN',
      message,
    })
  })

  it('recognizes that a login page is not an API server', async () => {
    const server = await serve((_seen, response) => {
      response.writeHead(403, { 'content-type': 'text/html' })
      response.end('<html>Please sign in, password=canary</html>')
    })
    const { client } = await open(trusted(server.url))

    const failure = await failureOf(client.request('GET', '/version', {}, soon()))

    expect(failure.code).toBe('CLUSTER_UNREACHABLE')
    expect(failure.message).toContain('not a Kubernetes API server')
    expect(failure.evidence).not.toContain('canary')
  })

  it('reports the system code when no server listens', async () => {
    const { client } = await open({ server: 'https://127.0.0.1:1' })

    const failure = await failureOf(client.request('GET', '/version', {}, soon()))

    expect(failure.code).toBe('CLUSTER_UNREACHABLE')
    expect(failure.evidence).toContain('ECONNREFUSED')
  })

  it('times out on a server that accepts connections and stays silent', async () => {
    const silent = createSilentServer().listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await new Promise((resolve) => silent.once('listening', resolve))
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { client } = await open({ server: `https://127.0.0.1:${port}` })

    const failure = await failureOf(client.request('GET', '/version', { timeoutMs: 200 }, soon()))

    expect(failure.code).toBe('TIMED_OUT')
  })

  it('ends with the reason of an abort, and with CANCELLED when closed', async () => {
    const server = await serve(() => undefined)
    const { client } = await open(trusted(server.url))
    const stop = new AbortController()
    const aborted = client.request('GET', '/version', {}, stop.signal).catch((error: unknown) => error)
    const closed = client.request('GET', '/version', {}, soon()).catch((error: unknown) => error)
    const reason = new Error('enough')

    await expect.poll(() => server.seen.length).toBe(2)
    stop.abort(reason)
    expect(await aborted).toBe(reason)
    await client.close()

    expect(await closed).toMatchObject({ code: 'CANCELLED' })
  })

  it('refuses an endless response', async () => {
    const server = await serve((_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const piece = Buffer.alloc(1024 * 1024, ' ')
      const more = () => {
        while (!response.destroyed && response.write(piece));
      }
      response.on('drain', more)
      more()
    })
    const { client } = await open(trusted(server.url))

    expect(await failureOf(client.request('GET', '/huge', {}, AbortSignal.timeout(20_000)))).toMatchObject({
      code: 'ANSWER_TOO_LARGE',
    })
  }, 30_000)
})

describe('a proxy', () => {
  it('of the kubeconfig is also used for a loopback server, with its user name and password', async () => {
    const server = await serve()
    const proxy = await serveProxy()
    onTestFinished(() => proxy.close())
    const withName = proxy.url.replace('//', '//jo:canary@')
    const { client } = await open({ ...trusted(server.url), 'proxy-url': withName })

    expect(await client.request('GET', '/version', {}, soon())).toEqual(version)
    expect(proxy.asked).toEqual([{ target: `127.0.0.1:${server.port}`, authorization: `Basic ${base64('jo:canary')}` }])
  })

  it('of the environment is used as in Go, except for hosts in NO_PROXY', async () => {
    const server = await serve()
    const proxy = await serveProxy()
    onTestFinished(() => proxy.close())
    const named = { ...trusted(`https://api.cluster.test:${server.port}`) }
    const environment = { HTTPS_PROXY: proxy.url, https_proxy: '', NO_PROXY: 'example.org', no_proxy: '' }
    const through = await open(named, {}, environment)
    const direct = await open(named, {}, { ...environment, NO_PROXY: '.cluster.test' })

    expect(await through.client.request('GET', '/version', {}, soon())).toEqual(version)
    expect(proxy.asked).toHaveLength(1)
    // Without the proxy, the name does not resolve.
    expect((await failureOf(direct.client.request('GET', '/version', {}, soon()))).evidence).toMatch(
      /ENOTFOUND|EAI_AGAIN/,
    )
    expect(proxy.asked).toHaveLength(1)
  })
})
