import type { Mutation } from '../mutation.ts'

const stream = { file: 'main/lib/kubernetes/port-forward.ts' } as const
const webSocket = { file: 'main/lib/kubernetes/websocket.ts' } as const
const test = (title: string): Mutation['test'] => ({
  project: 'slow',
  file: 'main/lib/kubernetes/port-forward.slow.test.ts',
  title,
})

/** What keeps a forwarded connection bounded, complete and honest about its end. */
export const portForward: readonly Mutation[] = [
  {
    ...stream,
    id: 'port-forward-read-pressure',
    find: 'if (!this.push(frame.content)) this.#socket.pause()',
    replace: 'this.push(frame.content)',
    test: test('a reader that is behind stops the pod'),
  },
  {
    ...stream,
    id: 'port-forward-write-pressure',
    find: 'webSocket.bufferedAmount > unsentLimitBytes',
    replace: 'false',
    test: test('a writer waits while the pod does not read'),
  },
  {
    ...stream,
    id: 'port-forward-silence',
    find: '    this.#limitSilence()\n',
    replace: '',
    test: test('a pod that stays silent after the end of the input'),
  },
  {
    ...stream,
    id: 'port-forward-interrupted',
    find: 'if (!wasClean) this.#fail(',
    replace: 'if (!wasClean && code === 0) this.#fail(',
    test: test('an interrupted connection is a failure'),
  },
  {
    ...stream,
    id: 'port-forward-unread-before-failure',
    find: ' || this.readableLength > 0) return',
    replace: ') return',
    test: test('what came before it is read first'),
  },
  {
    ...stream,
    id: 'port-forward-error-limit',
    find: 'content.subarray(0, errorLimitCharacters)',
    replace: 'content',
    test: test('a long error, cut'),
  },
  {
    ...stream,
    id: 'port-forward-connections',
    find: 'server.maxConnections = options.connections ?? connectionLimit',
    replace: 'server.maxConnections = connectionLimit',
    test: test('a listener closes a connection beyond its limit'),
  },
  {
    ...stream,
    id: 'port-forward-reset',
    find: `remote.once('error', () => local.resetAndDestroy())`,
    replace: `remote.once('error', () => local.end())`,
    test: test('a listener forwards each connection, resets one that fails'),
  },
  {
    ...webSocket,
    id: 'websocket-refusal-limit',
    find: 'if (size > refusalLimitBytes)',
    replace: 'if (size > Number.MAX_VALUE)',
    test: test('a refusal without an end is cut'),
  },
  {
    file: 'main/lib/kubernetes/transport.ts',
    id: 'websocket-closed-with-client',
    find: '    for (const socket of this.#sockets) socket.destroy()\n',
    replace: '',
    test: test('closing the client closes its connections'),
  },
]
