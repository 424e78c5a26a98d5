import { RPCHandler } from '@orpc/server/message-port'
import type { MessageEvent, MessagePortMain } from 'electron'
import type { App } from '../app.ts'
import { exceedsJsonLimits, messageLimits } from '../lib/json-limits.ts'

/** The app's core as the desktop host uses it. */
export interface Core {
  /** Serves the contract on a port. Calls that arrive before the core has started wait for it. */
  connect(port: MessagePortMain): void
  /** The system is about to suspend, or its screen was locked. */
  suspended(): Promise<void>
  close(): Promise<void>
}

/** Starts the core without waiting for it. `failed` is called if it cannot start. */
export function startCore(start: () => Promise<App>, failed: (error: unknown) => void): Core {
  const starting = start()
  const handler = starting.then(({ router }) => new RPCHandler(router))
  handler.catch(failed)
  return {
    connect(port) {
      // A port drops messages without a listener, so calls before the core has started would be lost.
      const early: { data: unknown }[] = []
      const keep = (event: { data: unknown }): void => {
        early.push(event)
      }
      port.on('message', keep)
      handler
        .then((ready) => {
          port.off('message', keep)
          ready.upgrade(limited(port))
          for (const event of early) port.emit('message', event)
        })
        .catch(() => port.close())
    },
    async suspended() {
      const app = await starting.catch(() => undefined)
      await app?.suspended()
    },
    async close() {
      const app = await starting.catch(() => undefined)
      await app?.close()
    },
  }
}

/** The port without messages that no window of ours sends: what is not a text, and texts that cost too much to parse. */
function limited(port: MessagePortMain): Parameters<RPCHandler<object>['upgrade']>[0] {
  return {
    on(name: string, listener: (event?: { data: unknown }) => void) {
      if (name !== 'message') return port.on('close', () => listener())
      return port.on(name, (event: MessageEvent) => {
        const { data } = event
        if (typeof data === 'string' && !exceedsJsonLimits(Buffer.from(data), messageLimits)) listener(event)
      })
    },
    postMessage: (message: unknown) => port.postMessage(message),
  }
}
