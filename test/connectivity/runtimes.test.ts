import { execFile, execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case } from './cases/case.ts'
import { certificates } from './cases/certificates.ts'
import { chains } from './cases/chains.ts'
import { handshakes } from './cases/handshakes.ts'
import { http2Cases } from './cases/http2.ts'
import { missingNeeds } from './cases/machine.ts'
import { checkInput, withSetup } from './cases/run.ts'
import { prepare } from './cases/run-check.ts'
import { runtimes } from './cases/runtimes.ts'

/**
 * The clients of Go and Java themselves on the cases about certificates, handshakes and HTTP/2: a component would experience what
 * they do, so a case that claims otherwise is wrong.
 */

const { PATH: path = '', HOME = '', GOCACHE = '' } = process.env
const environment = {
  PATH: [path, '/usr/local/go/bin'].join(delimiter),
  HOME,
  CGO_ENABLED: '0',
  GOFLAGS: '',
  GOPROXY: 'off',
  GOTOOLCHAIN: 'local',
  ...(GOCACHE === '' ? {} : { GOCACHE }),
}

const has = (command: string, argument: string): boolean => {
  try {
    execFileSync(command, [argument], { env: environment, stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** Answered by the right server, with a status that is a fault of its own. */
const afterTheHandshake: ReadonlySet<string> = new Set([
  'auth.required',
  'identity.block-page',
  'identity.redirect',
  'identity.throttled',
  'identity.unavailable',
])
const aboutConnections = [...certificates, ...chains, ...handshakes, ...runtimes, ...http2Cases].filter(
  (one) => missingNeeds(one) === '' && one.needs.length === 0 && !afterTheHandshake.has(one.cause),
)

interface Destination {
  readonly one: Case
  readonly host: string
  readonly port: number
  readonly pem: string
}

/** What the client of a runtime does with the server of a case; undefined where the endpoint is not for it. */
async function destinationOf(
  one: Case,
  runtime: string,
  setUp: Awaited<ReturnType<Case['setUp']>>,
): Promise<Destination | undefined> {
  const { plan } = prepare(await checkInput(setUp))
  if (plan.kind !== 'probe' || setUp.resolver !== undefined || (setUp.holdSeconds ?? 0) > 0) return undefined
  const { target } = plan
  const isPlain = target.protocol === 'https' && target.tls && target.clientCertificate === undefined
  // The policy of an endpoint, not the TLS library, forbids inspection.
  if (!isPlain || target.runtime !== runtime || target.trust.kind !== 'pem' || target.inspection === 'never')
    return undefined
  return { one, host: target.serverName, port: target.port, pem: target.trust.pem }
}

const names = ['far.hangar.test', 'other.hangar.test', 'under_score.far.hangar.test']

interface Client {
  readonly runtime: string
  readonly isInstalled: boolean
  /** Prepares the program, and returns the command that runs it. */
  readonly prepare: (folder: string) => Promise<readonly string[]>
}

const clients: readonly Client[] = [
  {
    runtime: 'go',
    isInstalled: has('go', 'version'),
    async prepare(folder) {
      await copyFile(join(import.meta.dirname, 'oracles/client.go'), join(folder, 'main.go'))
      // The version in go.mod selects the defaults of crypto/tls and crypto/x509. Without one they are those of Go 1.20.
      await writeFile(join(folder, 'go.mod'), 'module client\n\ngo 1.26\n')
      execFileSync('go', ['build', '-o', 'client', '.'], { env: environment, cwd: folder, stdio: 'pipe' })
      return [join(folder, 'client')]
    },
  },
  {
    runtime: 'java',
    isInstalled: has('javac', '-version'),
    async prepare(folder) {
      const hosts = join(folder, 'hosts')
      await writeFile(hosts, names.map((each) => `127.0.0.1 ${each}\n`).join(''))
      execFileSync('javac', ['-d', folder, join(import.meta.dirname, 'oracles/Client.java')], { stdio: 'pipe' })
      return ['java', `-Djdk.net.hosts.file=${hosts}`, '-Xmx256m', '-cp', folder, 'Client']
    },
  },
]

describe.each(clients)('the client of $runtime', ({ runtime, isInstalled, prepare: prepareClient }) => {
  let folder: string
  let command: readonly string[]
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-runtime-'))
    if (isInstalled) command = await prepareClient(folder)
  }, 180_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** One line of the program's output for each destination. */
  const ask = async (destinations: readonly Destination[]): Promise<readonly string[]> => {
    const lines = await Promise.all(
      destinations.map(async ({ host, port, pem }, index) => {
        const file = join(folder, `${index}.pem`)
        await writeFile(file, pem)
        return `${host} ${port} ${file}`
      }),
    )
    const [program = '', ...args] = command
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const child = execFile(program, args, { env: { ...environment, SSL_CERT_FILE: '' } }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    )
    child.stdin?.end(lines.join('\n'))
    return (await promise).trim().split('\n')
  }

  /** Starts the servers of all cases, then asks the client about those that are for it. */
  const asked = async (
    left: readonly Case[],
    found: readonly Destination[],
  ): Promise<readonly [Destination, string][]> => {
    const [one, ...rest] = left
    if (one === undefined) {
      const answers = await ask(found)
      return found.map((destination, index) => [destination, answers[index] ?? ''])
    }
    return withSetup(one, async (setUp) => {
      const destination = await destinationOf(one, runtime, setUp)
      return asked(rest, destination === undefined ? found : [...found, destination])
    })
  }

  it.skipIf(!isInstalled)(
    `does what the cases say${isInstalled ? '' : ' (not installed)'}`,
    async () => {
      const answers = await asked(aboutConnections, [])
      expect(answers.length).toBeGreaterThan(runtime === 'go' ? 60 : 15)
      const wrong = answers.filter(([{ one }, answer]) => (answer === 'ok') !== one.works)
      expect(wrong.map(([{ one }, answer]) => `${one.name}, ${one.expected}: ${answer}`)).toEqual([])
    },
    240_000,
  )
})
