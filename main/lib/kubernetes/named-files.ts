import { readFile, stat } from 'node:fs/promises'
import type { ClusterEntry, UserEntry } from './kubeconfig-entries.ts'

/** A file that a kubeconfig names: its text, or why client-go cannot open it. Neither: it was not looked into. */
export interface NamedFile {
  readonly text?: string
  readonly fault?: string
}

/** The files that a context names. */
export interface NamedFiles {
  readonly authority?: NamedFile
  readonly certificate?: NamedFile
  readonly key?: NamedFile
  readonly token?: NamedFile
}

/** A larger file is neither a certificate nor a token. */
const fileLimitBytes = 1024 * 1024
/** A folder on the network may never answer. */
const readLimitMs = 2_000

/** Reads each file once, also where many contexts name it. */
export class NamedFileReader {
  readonly #files = new Map<string, Promise<NamedFile>>()

  async read(cluster: ClusterEntry, user: UserEntry): Promise<NamedFiles> {
    const [authority, certificate, key, token] = await Promise.all(
      [cluster.authorityFile, user.certificateFile, user.keyFile, user.tokenFile].map((file) =>
        file === undefined ? undefined : this.#read(file),
      ),
    )
    return { authority, certificate, key, token }
  }

  /** Of those that were read. */
  paths(): string[] {
    return [...this.#files.keys()]
  }

  #read(file: string): Promise<NamedFile> {
    const known = this.#files.get(file)
    if (known !== undefined) return known
    const reading = readNamedFile(file)
    this.#files.set(file, reading)
    return reading
  }
}

async function readNamedFile(file: string): Promise<NamedFile> {
  // On Windows, opening a path of another computer sends it the user's name and a hash of the password.
  if (/^[\\/]{2}/.test(file)) return {}
  const late = Promise.withResolvers<NamedFile>()
  const timer = setTimeout(() => late.resolve({}), readLimitMs)
  try {
    return await Promise.race([readRegularFile(file), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A device or a pipe is not read, nor what the system makes up (its size is 0): it may have no end. */
async function readRegularFile(file: string): Promise<NamedFile> {
  try {
    const found = await stat(file)
    if (found.isDirectory()) return { fault: `${file} is a folder.` }
    const isText = found.isFile() && found.size > 0 && found.size <= fileLimitBytes
    return isText ? { text: await readFile(file, 'utf8') } : {}
  } catch (error) {
    const isMissing = error instanceof Error && Reflect.get(error, 'code') === 'ENOENT'
    return { fault: isMissing ? `${file} does not exist.` : `${file} cannot be read.` }
  }
}
