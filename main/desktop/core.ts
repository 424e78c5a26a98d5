import { RPCHandler } from '@orpc/server/message-port'
import type { MessagePortMain } from 'electron'
import type { App } from '../app.ts'

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
          ready.upgrade(port)
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
