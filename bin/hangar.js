#!/usr/bin/env node
// Plain JavaScript, so that an old Node can run it and report its version.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// SIGUSR1 would open an inspector for every user of this computer. A listener replaces Node's own handler; the option
// --disable-sigusr1 cannot be in the first line, because an old Node does not know it.
process.on('SIGUSR1', () => undefined)

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  // "npm ci" installs a suitable Node in the project; npx and npm scripts find it first, a direct call may not.
  const own = fileURLToPath(
    new URL(`../node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`, import.meta.url),
  )
  if (!existsSync(own) || process.env.HANGAR_NODE !== undefined) {
    console.error(
      `hangar: this is Node ${process.versions.node}; Hangar needs 22.19 or later. Install a newer Node, or, on Linux and Windows, run "npm ci" in its folder.`,
    )
    process.exit(2)
  }
  process.exit(await runWith(own))
}
module.enableCompileCache?.(cacheFolder())
const { main } = await import(
  existsSync(new URL('../main/cli.ts', import.meta.url)) ? '../main/cli.ts' : '../out/main/cli.js'
)
await main()

/** Runs the same command with another Node, and forwards signals to it. */
function runWith(node) {
  const child = spawn(node, ['--disable-sigusr1', ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, HANGAR_NODE: node },
    shell: process.platform === 'win32',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to both processes.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)))
  }
  return new Promise((resolve) => {
    child.once('error', () => resolve(2))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/**
 * The folder for compiled code, which is run unchecked: one of this user, never one that others can write to, as Node's
 * default is. HANGAR_HOME moves it.
 */
function cacheFolder() {
  const { HANGAR_CACHE, HANGAR_HOME, XDG_CACHE_HOME } = process.env
  const cache =
    HANGAR_CACHE ||
    (HANGAR_HOME && join(HANGAR_HOME, 'cache')) ||
    join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'hangar')
  const folder = join(cache, 'compiled')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    // Without a cache it only starts slower.
  }
  return folder
}
