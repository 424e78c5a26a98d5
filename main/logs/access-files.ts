import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makePrivateFolder } from '../lib/files.ts'
import { withLock } from '../lib/lock.ts'
import { LineChain } from '../lib/signed-lines.ts'

/** A file of this size is set aside, and the one that was set aside before is deleted: about 25,000 accesses are kept. */
const defaultLimitBytes = 4 * 1024 * 1024

export interface AccessLines {
  /** The oldest first. */
  readonly lines: readonly { readonly line: string; readonly verified: boolean }[]
  /** How many lines are not signed at their place; a missing part counts as one. */
  readonly unverified: number
}

/** A file that continues another one begins with how that one ended. */
const continuation = /^\{"after":"([\w-]{43})","mac":/

/**
 * The lines of a plane's access record, in at most two files. The chain of HMACs runs through both: the newer file begins with a
 * signed line that has the state of the chain at the end of the older one.
 */
export class AccessFiles {
  readonly #file: string
  readonly #older: string
  readonly #planeId: string
  readonly #recordKey: () => Promise<Buffer>
  readonly #limitBytes: number
  /** After the last line that this process has written, and the size of the file then. */
  #known: { readonly chain: LineChain; readonly size: number } | undefined

  /** `file`: `NAME.jsonl`. `recordKey` authenticates the lines. */
  constructor(file: string, planeId: string, recordKey: () => Promise<Buffer>, limitBytes = defaultLimitBytes) {
    this.#file = file
    this.#older = file.replace(/\.jsonl$/, '.older.jsonl')
    this.#planeId = planeId
    this.#recordKey = recordKey
    this.#limitBytes = limitBytes
  }

  /** On the disk when it returns. Other processes can append too. */
  async append(value: Readonly<Record<string, unknown>>): Promise<void> {
    await makePrivateFolder(dirname(this.#file))
    await withLock(`${this.#file}.lock`, async () => {
      const { chain, start } = await this.#chainAtEnd()
      const handle = await open(this.#file, 'a', 0o600)
      try {
        await handle.writeFile(`${start}${chain.sign(value)}\n`)
        await handle.sync()
        this.#known = { chain, size: (await handle.stat()).size }
      } finally {
        await handle.close()
      }
    })
  }

  async read(): Promise<AccessLines> {
    const [older, newer] = await this.#texts()
    const before = await this.#verified(older)
    const now = await this.#verified(newer)
    const expected = older === '' ? undefined : before.chain.state
    const isContinued = newer === '' || continuedFrom(newer) === expected
    const lines = [...before.lines, ...now.lines]
    return {
      lines: lines.filter(({ line, verified }) => !(verified && continuation.test(line))),
      unverified: lines.filter(({ verified }) => !verified).length + (isContinued ? 0 : 1),
    }
  }

  async remove(): Promise<void> {
    this.#known = undefined
    await Promise.all([this.#file, this.#older].map((file) => rm(file, { force: true })))
  }

  /** The chain for the next line, and the line before it where it is the first of its file. */
  async #chainAtEnd(): Promise<{ chain: LineChain; start: string }> {
    const size = await sizeOf(this.#file)
    const known = this.#known?.size === size && size > 0 ? this.#known.chain : undefined
    if (known !== undefined && size <= this.#limitBytes) return { chain: known, start: '' }
    const text = await textOf(this.#file)
    // The end of a line that a crash has cut.
    if (text !== '' && !text.endsWith('\n')) await appendLineEnd(this.#file)
    if (size > this.#limitBytes) await rename(this.#file, this.#older)
    else if (text !== '') return { chain: (await this.#verified(text)).chain, start: '' }
    const older = await textOf(this.#older)
    if (older === '') return { chain: await this.#newChain(), start: '' }
    const after = (await this.#verified(older)).chain.state
    const chain = await this.#newChain()
    return { chain, start: `${chain.sign({ after })}\n` }
  }

  /** The lines of a file, and the chain after them. */
  async #verified(text: string): Promise<{ chain: LineChain; lines: AccessLines['lines'] }> {
    const chain = await this.#newChain()
    const lines = text.split('\n').filter((line) => line !== '')
    return { chain, lines: lines.map((line) => ({ line, verified: chain.verify(line) })) }
  }

  async #newChain(): Promise<LineChain> {
    return new LineChain(await this.#recordKey(), ['log-access', this.#planeId])
  }

  /** Of both files, the older one first. Without the lock, which a disk that cannot be written has no place for. */
  async #texts(): Promise<[string, string]> {
    for (let tries = 3; ; tries -= 1) {
      const before = await idOf(this.#older)
      const texts: [string, string] = [await textOf(this.#older), await textOf(this.#file)]
      if (tries === 0 || (await idOf(this.#older)) === before) return texts
    }
  }
}

const continuedFrom = (text: string): string | undefined => continuation.exec(text)?.[1]

function ifThere<Value>(value: Promise<Value>, otherwise: Value): Promise<Value> {
  return value.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return otherwise
    throw error
  })
}

const textOf = (file: string): Promise<string> => ifThere(readFile(file, 'utf8'), '')
const sizeOf = (file: string): Promise<number> =>
  ifThere(
    stat(file).then(({ size }) => size),
    0,
  )
const idOf = (file: string): Promise<number> =>
  ifThere(
    stat(file).then(({ ino }) => ino),
    0,
  )

async function appendLineEnd(file: string): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  await handle.writeFile('\n').finally(() => handle.close())
}
