import { join } from 'node:path'
import { problemOf } from '../preload/contract/problem.ts'
import { makePrivateFolder, writeAtomically } from './lib/files.ts'
import { redact } from './lib/rules/redaction.ts'

/** Errors of the operating system whose cause is on this computer, not in Hangar: what to do about each. */
const systemHints: Readonly<Record<string, string>> = {
  EACCES: 'Give this user permission to that path, or set HANGAR_HOME to a folder that it may write to.',
  EPERM: 'Give this user permission to that path, or set HANGAR_HOME to a folder that it may write to.',
  EROFS: 'That file system is read-only. Set HANGAR_HOME to a folder on another one.',
  ENOTDIR: 'A file is in the place of that folder. Move it, or set HANGAR_HOME to another folder.',
  ENOSPC: 'The disk is full. Free some space and try again.',
  EDQUOT: 'The disk quota of this user is used up. Free some space and try again.',
  EMFILE: 'This process has too many open files. Raise the limit ("ulimit -n") and try again.',
  ENFILE: 'This computer has too many open files. Close some programs and try again.',
}

const messageLimitCharacters = 500

/** What to do about an error that lies in this computer; undefined for any other. */
export function systemHint(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? systemHints[code] : undefined
}

/** An unexpected error in one line, without anything that looks like a secret. */
export function faultMessage(error: unknown): string {
  if (!(error instanceof Error)) return `A value of type ${typeof error} was thrown.`
  const line = clean(error.message).replaceAll(/\s+/g, ' ').trim().slice(0, messageLimitCharacters)
  const name = error.name === 'Error' ? '' : `${error.name}: `
  return `${name}${line}`.replace(/[^.!?]$/, '$&.')
}

/** An error for the user: what happened and what to do, on one line. Errors with a `hint` are expected ones. */
export function explain(thrown: unknown): string {
  const error = problemOf(thrown) ?? thrown
  if (error instanceof Error && 'hint' in error && typeof error.hint === 'string')
    return error.message.endsWith(error.hint) ? error.message : `${error.message} ${error.hint}`
  return `${faultMessage(error)} ${systemHint(error) ?? 'This is a bug in Hangar. Report it.'}`
}

/**
 * Writes what a report of an unexpected error needs to `last-fault.txt` below the state folder. Resolves with the file;
 * undefined where it cannot be written.
 */
export async function writeFault(home: string, version: string, error: unknown): Promise<string | undefined> {
  const file = join(home, 'last-fault.txt')
  const lines = [`Hangar ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`]
  for (let each = error; each !== undefined; each = each instanceof Error ? each.cause : undefined)
    lines.push(each instanceof Error ? clean(each.stack ?? `${each.name}: ${each.message}`) : faultMessage(each))
  try {
    await makePrivateFolder(home)
    await writeAtomically(file, `${new Date().toISOString()}\n${lines.join('\nCaused by ')}\n`)
    return file
  } catch {
    return undefined // a full disk, or a folder that may not be written to, is often the fault itself
  }
}

/** A JSON parser quotes the text that it could not read, which may be a secret. */
const clean = (text: string): string =>
  redact(text.replaceAll(/, (\.{3})?"[\s\S]{0,200}?"(\.{3})? is not valid JSON/g, ': not valid JSON'))
