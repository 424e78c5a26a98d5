import { userInfo } from 'node:os'
import { z } from 'zod'
import { LogAccess } from '../../preload/contract/logs.ts'
import { unsignedValue } from '../lib/signed-lines.ts'
import { AccessFiles } from './access-files.ts'
import { unwrapKey, wrapKey } from './store/cipher.ts'

export interface AccessPorts {
  /** Where the user sits. */
  readonly host: LogAccess['host']
  /** Authenticates the record. */
  recordKey(): Promise<Buffer>
  /** Seals what was asked for, 32 bytes, made on first use. Throws VAULT_LOCKED. */
  key(planeId: string): Promise<Buffer>
  /** The same, but undefined where nothing was ever recorded. Throws VAULT_LOCKED. */
  existingKey(planeId: string): Promise<Buffer | undefined>
  destroyKey(planeId: string): Promise<void>
}

type Asked = NonNullable<LogAccess['asked']>
type Access = Pick<LogAccess, 'action'> & { readonly asked: Asked }

/** While somebody types, only the search that stays is recorded. */
const typingMs = 3_000
/** The same question again within this time, such as for the next page, is one access. */
const sameWithinMs = 600_000
const minuteMs = 60_000

const Line = LogAccess.omit({ asked: true, verified: true }).extend({ sealed: z.string().optional() })

/** Whether both are the same question: times that move with the clock count by the minute. Pure. */
export function isSame(one: Access, other: Access): boolean {
  return JSON.stringify(comparable(one)) === JSON.stringify(comparable(other))
}

function comparable({ action, asked: { from, to, ...asked } }: Access): unknown {
  const minute = (time: string | undefined) => time && Math.round(Date.parse(time) / minuteMs)
  return [action, asked, minute(from), minute(to)]
}

/**
 * Who has asked what of a plane's logs, on this computer: lines that are chained by HMAC, so that none can be changed, moved or
 * taken out of the middle unnoticed, in files of bounded size. What was asked for is sealed under a key of the vault.
 */
export class AccessRecord {
  readonly #ports: AccessPorts
  readonly #fileOf: (planeId: string) => string
  readonly #limitBytes: number | undefined
  readonly #files = new Map<string, AccessFiles>()
  readonly #last = new Map<string, { readonly access: Access; readonly atMs: number }>()
  readonly #pending = new Map<string, { readonly access: Access; readonly timer: NodeJS.Timeout }>()
  #writing: Promise<unknown> = Promise.resolve()

  /** `fileOf`: of a plane, `NAME.jsonl`. `limitBytes`: from which size on a file is set aside. */
  constructor(ports: AccessPorts, fileOf: (planeId: string) => string, limitBytes?: number) {
    this.#ports = ports
    this.#fileOf = fileOf
    this.#limitBytes = limitBytes
  }

  /** Records a question that was answered. One that cannot be recorded is answered nevertheless. */
  note(planeId: string, access: Access): void {
    const last = this.#last.get(planeId)
    if (last !== undefined && isSame(last.access, access) && Date.now() - last.atMs < sameWithinMs) return
    const before = this.#pending.get(planeId)
    clearTimeout(before?.timer)
    this.#pending.delete(planeId)
    if (before !== undefined && before.access.action !== access.action) void this.#write(planeId, before.access)
    if (access.action !== 'search') {
      void this.#write(planeId, access)
      return
    }
    const timer = setTimeout(() => {
      this.#pending.delete(planeId)
      void this.#write(planeId, access)
    }, typingMs)
    timer.unref()
    this.#pending.set(planeId, { access, timer })
  }

  /** Records what is about to be done, or throws. */
  async write(planeId: string, access: Access): Promise<void> {
    this.#last.set(planeId, { access, atMs: Date.now() })
    const written = this.#writing.then(() => this.#append(planeId, access))
    this.#writing = written.catch(() => undefined)
    await written
  }

  #write(planeId: string, access: Access): Promise<void> {
    return this.write(planeId, access).catch(() => undefined)
  }

  /** The newest first. Throws VAULT_LOCKED. */
  async read(planeId: string, limit: number): Promise<{ entries: LogAccess[]; total: number; unverified: number }> {
    await this.flush()
    const key = await this.#ports.existingKey(planeId)
    const { lines, unverified } = await this.#filesOf(planeId).read()
    return {
      entries: lines
        .slice(-limit)
        .reverse()
        .flatMap(({ line, verified }) => entryIn(planeId, line, verified, key)),
      total: lines.length,
      unverified,
    }
  }

  /** Writes what waits for the end of typing. */
  async flush(): Promise<void> {
    for (const [planeId, { access, timer }] of this.#pending) {
      clearTimeout(timer)
      void this.#write(planeId, access)
    }
    this.#pending.clear()
    await this.#writing
  }

  async forget(planeId: string): Promise<void> {
    await this.flush()
    this.#last.delete(planeId)
    await this.#ports.destroyKey(planeId)
    await this.#filesOf(planeId).remove()
  }

  async #append(planeId: string, { action, asked }: Access): Promise<void> {
    const at = new Date().toISOString()
    // A locked vault does not keep from deleting, which is recorded without what was asked for.
    const key = await this.#ports.key(planeId).catch(() => undefined)
    const sealed = key && wrapKey(Buffer.from(JSON.stringify(asked)), key, bindingOf(planeId, at)).toString('base64')
    const line = { at, user: userName(), host: this.#ports.host, action, ...(sealed !== undefined && { sealed }) }
    await this.#filesOf(planeId).append(line)
  }

  #filesOf(planeId: string): AccessFiles {
    const known = this.#files.get(planeId)
    if (known !== undefined) return known
    const made = new AccessFiles(this.#fileOf(planeId), planeId, this.#ports.recordKey, this.#limitBytes)
    this.#files.set(planeId, made)
    return made
  }
}

const bindingOf = (planeId: string, at: string): string => `log-access ${planeId} ${at}`

/** A line of another form has been changed, or is of a later version: it is counted, and left out. */
function entryIn(planeId: string, line: string, verified: boolean, key: Buffer | undefined): LogAccess[] {
  const read = Line.safeParse(valueIn(line))
  if (!read.success) return []
  const { sealed, ...known } = read.data
  const asked = sealed === undefined || key === undefined ? null : unseal(sealed, key, bindingOf(planeId, known.at))
  return [{ ...known, verified, asked }]
}

function valueIn(line: string): unknown {
  try {
    return unsignedValue(line)
  } catch {
    return undefined
  }
}

function unseal(sealed: string, key: Buffer, binding: string): Asked | null {
  try {
    return LogAccess.shape.asked.parse(JSON.parse(unwrapKey(Buffer.from(sealed, 'base64'), key, binding).toString()))
  } catch {
    return null
  }
}

/** A process without an entry in the user database has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}
