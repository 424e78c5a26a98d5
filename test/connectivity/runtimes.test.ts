import { execFile, execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case, Setup } from './cases/case.ts'
import { certificates } from './cases/certificates.ts'
import { chains } from './cases/chains.ts'
import { handshakes } from './cases/handshakes.ts'
import { http2Cases } from './cases/http2.ts'
import { missingNeeds } from './cases/machine.ts'
import { caseLimitMs, checkFrom, checkInput, withSetup } from './cases/run.ts'
import { prepare, verdictOf } from './cases/run-check.ts'
import { runtimes } from './cases/runtimes.ts'
import { serverNames } from './cases/server-names.ts'

/**
 * The clients of Go, Java, Node and OpenSSL themselves on the cases about certificates, handshakes and HTTP/2: a component would experience what
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

/** Java handles GOAWAY since 24, and in updates of 17 and 21 (JDK-8335181): a newer one does not fail as the cause says. */
function failsAtGoaway(): boolean {
  if (!has('java', '--version')) return false
  const version = execFileSync('java', ['--version'], { env: environment, stdio: 'pipe', encoding: 'utf8' })
  const [, feature = '', update = '0'] = /(\d+)(?:\.\d+\.(\d+))?/.exec(version) ?? []
  const fixedIn: Readonly<Record<string, number>> = { 17: 17, 21: 9 }
  return Number(feature) < 24 && Number(update) < (fixedIn[feature] ?? Number.POSITIVE_INFINITY)
}

/** Answered by the right server, with a status that is a fault of its own. */
const afterTheHandshake: ReadonlySet<string> = new Set([
  'auth.required',
  'identity.block-page',
  'identity.redirect',
  'identity.throttled',
  'identity.unavailable',
  ...(failsAtGoaway() ? [] : ['identity.goaway']),
])
const aboutConnections = [...certificates, ...chains, ...serverNames, ...handshakes, ...runtimes, ...http2Cases].filter(
  (one) => missingNeeds(one) === '' && one.needs.length === 0 && !afterTheHandshake.has(one.cause),
)

interface Destination {
  readonly one: Case
  readonly setUp: Setup
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
  return { one, setUp, host: target.serverName, port: target.port, pem: target.trust.pem }
}

const names = ['hangar.test', 'far.hangar.test', 'other.hangar.test', 'under_score.far.hangar.test']

/** The set-up for an endpoint of another TLS library. */
const asRuntime = (setUp: Setup, runtime: string): Setup => {
  const { clientProfile } = setUp.row
  return {
    ...setUp,
    row: { ...setUp.row, clientProfile: { ...(typeof clientProfile === 'object' ? clientProfile : {}), runtime } },
  }
}

/** What each library decides by rules of its own, whatever library the case is for. */
const aboutCertificates = [...certificates, ...chains, ...serverNames, ...runtimes].filter(
  // OpenSSL has sent a long ClientHello since 3.5, and a machine may have an older one.
  (one) => aboutConnections.includes(one) && ![one.cause, ...one.near].includes('tls.hello-size'),
)
/** Checks at once: most of their time is waiting. */
const atOnce = 6

interface Client {
  readonly runtime: string
  readonly isInstalled: boolean
  /** Fewer cases would mean that they are no longer found. */
  readonly leastCases: number
  /** Prepares the program, and returns the command that runs it. */
  readonly prepare: (folder: string) => Promise<readonly string[]>
}

const clients: readonly Client[] = [
  {
    runtime: 'go',
    isInstalled: has('go', 'version'),
    leastCases: 60,
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
    leastCases: 15,
    async prepare(folder) {
      const hosts = join(folder, 'hosts')
      await writeFile(hosts, names.map((each) => `127.0.0.1 ${each}\n`).join(''))
      execFileSync('javac', ['-d', folder, join(import.meta.dirname, 'oracles/Client.java')], { stdio: 'pipe' })
      return ['java', `-Djdk.net.hosts.file=${hosts}`, '-Xmx256m', '-cp', folder, 'Client']
    },
  },
  {
    runtime: 'node',
    isInstalled: true,
    leastCases: 5,
    prepare: () => Promise.resolve([process.execPath, join(import.meta.dirname, 'oracles/node-client.ts')]),
  },
  {
    runtime: 'openssl',
    isInstalled: has('openssl', 'version'),
    leastCases: 12,
    prepare: () => Promise.resolve([process.execPath, join(import.meta.dirname, 'oracles/openssl-client.ts')]),
  },
]

describe.each(clients)('the client of $runtime', ({ runtime, isInstalled, leastCases, prepare: prepareClient }) => {
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

  /** Starts the servers of all cases, then calls `act` with those that are for the client. */
  const withServers = async <T>(
    left: readonly Case[],
    act: (found: readonly Destination[]) => Promise<T>,
    found: readonly Destination[] = [],
  ): Promise<T> => {
    const [one, ...rest] = left
    if (one === undefined) return await act(found)
    return withSetup(one, async (setUp) => {
      const destination = await destinationOf(one, runtime, setUp)
      return withServers(rest, act, destination === undefined ? found : [...found, destination])
    })
  }

  it.skipIf(!isInstalled)(
    `does what the cases say${isInstalled ? '' : ' (not installed)'}`,
    async () => {
      await withServers(aboutConnections, async (found) => {
        expect(found.length).toBeGreaterThanOrEqual(leastCases)
        const answers = await ask(found)
        const wrong = found.flatMap(({ one }, index) => {
          const answer = answers[index]
          return (answer === 'ok') === one.works ? [] : [`${one.name}, ${one.expected}: ${answer}`]
        })
        expect(wrong).toEqual([])
      })
    },
    240_000,
  )

  it.skipIf(!isInstalled)(
    'agrees with the check about the certificates and key exchanges of all cases',
    async () => {
      const cases = aboutCertificates.map((one) => ({
        ...one,
        setUp: async () => asRuntime(await one.setUp(), runtime),
      }))
      await withServers(cases, async (found) => {
        const answers = await ask(found)
        const differences: string[] = []
        const queue = found.entries()
        const lane = async (): Promise<void> => {
          for (const [index, { one, setUp }] of queue) {
            const { result } = await checkFrom(setUp, AbortSignal.timeout(caseLimitMs))
            const works = result.verdict === 'pass' || result.verdict === 'warn'
            if (works !== (answers[index] === 'ok'))
              differences.push(`${one.name}: the check says ${verdictOf(result)}, and the client ${answers[index]}`)
          }
        }
        await Promise.all(Array.from({ length: atOnce }, lane))
        expect(differences).toEqual([])
      })
    },
    240_000,
  )
})
