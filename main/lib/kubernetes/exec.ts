import type { KubernetesClient } from './client.ts'

/** Version 4 is everywhere; it cannot end a program's standard input, so nobody may wait for that. */
const protocols = ['v4.channel.k8s.io'] as const
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const
const chunkBytes = 32_768
/** Of what a program says on standard error, the last so many characters are kept. */
const errorLimitCharacters = 2_000

export interface ExecOptions {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** Program and arguments; no shell. They stand in the API server's audit log: never a secret. */
  readonly command: readonly string[]
  readonly stdin?: Uint8Array
}

export interface ExecEnd {
  readonly ok: boolean
  /** What the kubelet or the runtime says of an end that was not a success; the program's own words last. */
  readonly says: string
}

/**
 * Runs a program in a container that runs already, and yields what it writes to standard output. Returns how it ended. Leaving
 * it closes the connection; a program that does not read its input may go on.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#websockets
 */
export async function* execInPod(
  client: KubernetesClient,
  { namespace, pod, container, command, stdin }: ExecOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, ExecEnd> {
  const query = new URLSearchParams([
    ['container', container],
    ['stdin', String(stdin !== undefined)],
    ['stdout', 'true'],
    ['stderr', 'true'],
    ...command.map((word): [string, string] => ['command', word]),
  ])
  const at = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`
  const socket = await client.socket(`${at}?${query}`, protocols, signal)
  socket.binaryType = 'arraybuffer'
  const output: Uint8Array[] = []
  let errors = ''
  let end: ExecEnd | undefined
  let wake = Promise.withResolvers<void>()
  const finish = (with_: ExecEnd): void => {
    end ??= with_
    wake.resolve()
  }
  socket.addEventListener('message', ({ data }) => {
    const bytes = new Uint8Array(data as ArrayBuffer) // binaryType says so
    const content = bytes.subarray(1)
    if (bytes[0] === channel.stdout) output.push(content)
    if (bytes[0] === channel.stderr) errors = (errors + new TextDecoder().decode(content)).slice(-errorLimitCharacters)
    if (bytes[0] === channel.status) finish(readStatus(new TextDecoder().decode(content)))
    wake.resolve()
  })
  socket.addEventListener('close', () => finish({ ok: false, says: 'the connection to the pod ended' }))
  const stop = (): void => wake.resolve()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (let sent = 0; stdin !== undefined && sent < stdin.length; sent += chunkBytes) {
      const part = stdin.subarray(sent, sent + chunkBytes)
      const frame = new Uint8Array(part.length + 1)
      frame[0] = channel.stdin
      frame.set(part, 1)
      socket.send(frame)
    }
    for (;;) {
      signal.throwIfAborted()
      const next = output.shift()
      if (next !== undefined) yield next
      else if (end !== undefined) return { ...end, says: [end.says, errors.trim()].filter(Boolean).join(': ') }
      else {
        await wake.promise
        wake = Promise.withResolvers<void>()
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    socket.close()
  }
}

interface Status {
  readonly status?: string
  readonly message?: string
}

function readStatus(text: string): ExecEnd {
  try {
    const { status, message = '' } = JSON.parse(text) as Status // a Status of meta/v1, by the protocol
    return { ok: status === 'Success', says: message }
  } catch {
    return { ok: false, says: text.slice(0, errorLimitCharacters) }
  }
}
