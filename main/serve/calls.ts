import { getEventIteratorSchemaDetails } from '@orpc/contract'
import { ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/websocket'
import { userHeader } from '../../preload/browser-session.ts'
import { hints } from '../../preload/contract/problem.ts'
import type { App } from '../app.ts'
import type { Session } from './sessions.ts'

interface CallContext {
  readonly session: Session
}

/** Answers the calls of a signed-in socket. A call is refused once its session has ended, or has too many open. */
export function createHandler(router: App['router']) {
  return new RPCHandler<CallContext>(router, {
    interceptors: [
      ({ context: { session }, request, next }) => {
        if (session.ended.aborted) throw refusal('SESSION_ENDED', 'This session has ended.')
        if (request.headers[userHeader] !== undefined) session.recordUse()
        return next()
      },
    ],
    clientInterceptors: [
      async ({ context: { session }, procedure, signal, next }) => {
        const isStream = getEventIteratorSchemaDetails(procedure['~orpc'].outputSchema) !== undefined
        const kind = isStream ? 'stream' : 'call'
        const release = session.limits.open(kind)
        if (release === undefined) throw refusal('TOO_MANY_CALLS', `This session has too many open ${kind}s.`)
        let isStreaming = false
        try {
          const output = await next()
          if (!isIterator(output)) return output
          isStreaming = true
          return releasedAtEnd(output, release, signal)
        } finally {
          if (!isStreaming) release()
        }
      },
    ],
  })
}

/** A stream whose window has gone ends without having been read to its end, or at all. */
async function* releasedAtEnd<T>(
  stream: AsyncIterable<T>,
  release: () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  signal?.addEventListener('abort', release, { once: true })
  try {
    yield* stream
  } finally {
    signal?.removeEventListener('abort', release)
    release()
  }
}

const isIterator = (output: unknown): output is AsyncIterable<unknown> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output

function refusal(code: 'SESSION_ENDED' | 'TOO_MANY_CALLS', message: string): ORPCError<typeof code, unknown> {
  return new ORPCError(code, { message, data: { hint: hints[code], evidence: '' } })
}
