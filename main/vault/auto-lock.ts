import type { VaultStatus } from '../../preload/contract/vault.ts'

export interface AutoLockSettings {
  /** `automatic`: on where a passphrase protects the vault, off where the keychain does. */
  readonly vaultAutoLock: 'automatic' | 'on' | 'off'
  readonly vaultIdleMinutes: number
}

/** Whether the vault is locked after idle time and on suspend. Pure. */
export const locksItself = ({ vaultAutoLock }: AutoLockSettings, backend: VaultStatus['backend']): boolean =>
  vaultAutoLock === 'on' || (vaultAutoLock === 'automatic' && backend === 'passphrase')

const tickMs = 5_000
/** A timer that is this late did not run: the computer was suspended. */
const suspendedAfterMs = 60_000

export interface Moments {
  readonly nowMs: number
  /** The last sign of a user. */
  readonly activeMs: number
  /** The last time that this was asked. */
  readonly tickMs: number
}

/** Why to lock now; undefined: there is no reason. Wall-clock times, because a monotonic clock may stop in suspend. Pure. */
export function reasonToLock(
  { nowMs, activeMs, tickMs: lastTickMs }: Moments,
  { vaultIdleMinutes }: AutoLockSettings,
): 'suspended' | 'idle' | undefined {
  if (nowMs - lastTickMs >= suspendedAfterMs) return 'suspended'
  return nowMs - activeMs >= vaultIdleMinutes * 60_000 ? 'idle' : undefined
}

export interface AutoLockPorts {
  settings(): Promise<AutoLockSettings>
  status(): Promise<VaultStatus>
  /** Whether an operation runs that needs credentials: it is not left without them half-way. */
  busy(): Promise<boolean>
  lock(): void
  /** Default: the system's clock. */
  now?(): number
}

/** Locks the vault after idle time and on suspend, in a host that stays open. */
export class AutoLock {
  readonly #ports: AutoLockPorts
  #activeMs: number
  #tickMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(ports: AutoLockPorts) {
    this.#ports = ports
    this.#activeMs = this.#tickMs = this.#now()
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick().catch(() => undefined), tickMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** The user did something. The time before counts first: a click after a night must not hide it. */
  async active(): Promise<void> {
    await this.tick()
    this.#activeMs = this.#now()
  }

  /** The system is about to suspend, or its screen was locked. */
  async suspended(): Promise<void> {
    if (await this.#applies()) this.#ports.lock()
  }

  async tick(): Promise<void> {
    const moments = { nowMs: this.#now(), activeMs: this.#activeMs, tickMs: this.#tickMs }
    this.#tickMs = moments.nowMs
    const reason = reasonToLock(moments, await this.#ports.settings())
    if (reason === undefined || !(await this.#applies())) return
    if (reason === 'idle' && (await this.#ports.busy())) return
    this.#ports.lock()
  }

  async #applies(): Promise<boolean> {
    const { backend, state } = await this.#ports.status()
    return state === 'open' && locksItself(await this.#ports.settings(), backend)
  }

  #now(): number {
    return this.#ports.now?.() ?? Date.now()
  }
}
