import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { closeCode, type Hello, socketPath, tokenName, userHeader, type Welcome } from '../preload/browser-session.ts'
import type { Client } from './lib/client.ts'
import { SignedOut, type SignedOutReason } from './lib/link.ts'

const connectTimeoutMs = 10_000

/**
 * Where the session is stored: per tab, and per origin with its port, so that no other program on this computer gets it,
 * as it would get a cookie. A reload keeps it.
 */
const storageName = 'hangar.session'

const reasons: Readonly<Record<number, SignedOutReason>> = {
  [closeCode.signedOut]: 'signedOut',
  [closeCode.expired]: 'expired',
  [closeCode.unknown]: 'unknown',
  [closeCode.tokenUsed]: 'tokenUsed',
}

export interface BrowserHost {
  /** Rejects with `SignedOut` where a new address is needed. */
  connect(): Promise<Client>
  /** Ends the session, in all of its windows, and forgets it. */
  signOut(): void
}

/** The transport of the browser host. It takes the token out of the address, where it would stay in the history. */
export function createBrowserHost(): BrowserHost {
  let token = takeToken()
  let socket: WebSocket | undefined
  let reason: SignedOutReason = 'noAddress'

  // Opening a new address in this tab changes only the fragment, which loads nothing by itself.
  addEventListener('hashchange', () => {
    if (tokenIn(location.hash) !== undefined) location.reload()
  })

  const forget = (why: SignedOutReason): SignedOut => {
    sessionStorage.removeItem(storageName)
    reason = why
    return new SignedOut(why)
  }

  return {
    async connect() {
      await untilShown()
      const stored = storedSession()
      const hello: Hello = { key: stored?.key, token }
      if (hello.key === undefined && hello.token === undefined) throw new SignedOut(reason)
      const opened = await openSocket()
      const welcome = await signIn(opened, hello).catch((error: unknown) => {
        opened.close()
        throw error instanceof SignedOut ? forget(error.reason) : error
      })
      // Without a token only the host of the stored session can reply: another program may have its port by now.
      if (token === undefined && (welcome.key !== stored?.key || welcome.proof !== stored.proof)) {
        opened.close()
        throw forget('unknown')
      }
      token = undefined
      sessionStorage.setItem(storageName, JSON.stringify(welcome))
      socket = opened
      opened.addEventListener('close', ({ code }) => {
        const why = reasons[code]
        if (why !== undefined) forget(why)
      })
      return createORPCClient(new RPCLink({ websocket: opened, headers: callHeaders }))
    },
    signOut() {
      forget('signedOut')
      socket?.close(closeCode.signOut)
    },
  }
}

/** A page that the browser loads in advance does not sign in before the user opens it. */
function untilShown(): Promise<void> {
  if (!('prerendering' in document) || document.prerendering !== true) return Promise.resolve()
  return new Promise((resolve) => {
    document.addEventListener('prerenderingchange', () => resolve(), { once: true })
  })
}

/** Only calls that follow a click or a key keep the session open; browsers without the interface count each call. */
function callHeaders(): Record<string, string> {
  const activation: { isActive: boolean } | undefined = navigator.userActivation
  return activation?.isActive === false ? {} : { [userHeader]: '1' }
}

/** Only of an address that starts with it: the address of a place can have a query. */
export function tokenIn(hash: string): string | undefined {
  if (!hash.startsWith(`#${tokenName}=`)) return undefined
  return new URLSearchParams(hash.slice(1)).get(tokenName) ?? undefined
}

function takeToken(): string | undefined {
  const token = tokenIn(location.hash)
  if (token !== undefined) history.replaceState(history.state, '', location.pathname)
  return token
}

function storedSession(): Welcome | undefined {
  const text = sessionStorage.getItem(storageName)
  return text === null ? undefined : parseWelcome(text)
}

/** Undefined for anything else: the sender may be another program. */
export function parseWelcome(data: unknown): Welcome | undefined {
  try {
    const value: unknown = JSON.parse(String(data))
    if (typeof value !== 'object' || value === null || !('key' in value) || !('proof' in value)) return undefined
    const { key, proof } = value
    return typeof key === 'string' && typeof proof === 'string' ? { key, proof } : undefined
  } catch {
    return undefined
  }
}

function openSocket(): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${socketPath}`)
    socket.binaryType = 'arraybuffer'
    const timeout = setTimeout(() => socket.close(), connectTimeoutMs)
    socket.addEventListener('open', () => {
      clearTimeout(timeout)
      resolve(socket)
    })
    socket.addEventListener('close', () => {
      clearTimeout(timeout)
      reject(new Error('The socket to the core closed.'))
    })
  })
}

/** Sends the `Hello`; resolves with the reply. Rejects with `SignedOut` where the host refuses it. */
function signIn(socket: WebSocket, hello: Hello): Promise<Welcome> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => socket.close(), connectTimeoutMs)
    socket.addEventListener('close', ({ code }) => {
      clearTimeout(timeout)
      const reason = reasons[code]
      reject(reason === undefined ? new Error('The socket to the core closed.') : new SignedOut(reason))
    })
    socket.addEventListener(
      'message',
      ({ data }) => {
        clearTimeout(timeout)
        const welcome = parseWelcome(data)
        if (welcome === undefined) reject(new Error('The host did not complete the sign-in.'))
        else resolve(welcome)
      },
      { once: true },
    )
    socket.send(JSON.stringify(hello))
  })
}
