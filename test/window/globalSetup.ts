import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildWindow } from './serve.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Holds the built window with the fake backend. */
    windowFolder: string
  }
}

/** Builds the window once for all files of a run. Returns what removes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-window-'))
  await buildWindow(folder)
  project.provide('windowFolder', folder)
  return () => rm(folder, { recursive: true, force: true })
}
