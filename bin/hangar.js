#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it and say what is missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  // "npm ci" puts a fitting Node into the project; npx and npm scripts find it first, a direct call may not.
  const own = fileURLToPath(new URL(`../node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`, import.meta.url))
  if (existsSync(own) && process.env.HANGAR_NODE === undefined) {
    const again = { stdio: 'inherit', env: { ...process.env, HANGAR_NODE: own }, shell: process.platform === 'win32' }
    process.exit(spawnSync(own, process.argv.slice(1), again).status ?? 2)
  }
  console.error(`hangar: this is Node ${process.versions.node}; Hangar needs 22.19 or later. Run "npm ci" in its folder, or install a newer Node.`)
  process.exit(2)
}
module.enableCompileCache?.()
const { main } = await import(existsSync(new URL('../main/cli.ts', import.meta.url)) ? '../main/cli.ts' : '../out/main/cli.js')
await main()
