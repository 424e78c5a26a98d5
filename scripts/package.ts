import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildHelm } from './build-helm.ts'
import { signFiles } from './sign-files.ts'
import { signingFor } from './signing.ts'

/**
 * `npm run package`: packages the app for this system into `dist/`, with the helm of the committed list. It is signed where
 * the keys are given (scripts/signing.ts).
 */
const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

async function must(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
  const child = spawn(process.execPath, [...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}.`)
}

const hashes: Record<string, string> = JSON.parse(await readFile(join(root, 'assets/helm/hashes.json'), 'utf8'))
const platform = `${process.platform}-${process.arch}`
if (hashes[platform] === undefined) {
  // A helm whose hash is not in the list is not shipped.
  console.error(
    `assets/helm/hashes.json names no helm for ${platform}: build it on two machines, compare, and add its hash.`,
  )
  process.exit(1)
}
const signing = signingFor(process.platform, process.env)
console.error(signing.message)
const helm = await buildHelm({ onProgress: ({ text }) => console.error(text) })
await must(['scripts/build.ts'])
const appleKey = await appleKeyFile(process.env.APPLE_API_KEY_TEXT)
try {
  await must(['node_modules/electron-builder/cli.js', '--config', 'electron-builder.yml', ...signing.args], {
    HANGAR_HELM_DIR: dirname(helm),
    ...signing.environment,
    ...(appleKey === undefined ? {} : { APPLE_API_KEY: appleKey.file }),
  })
} finally {
  await appleKey?.remove()
}
if (process.platform === 'linux' && signing.signed) {
  const { GPG_PRIVATE_KEY = '', GPG_PASSPHRASE = '' } = process.env
  const packages = (await readdir(dist)).filter((name) => /\.(AppImage|deb)$/.test(name))
  await signFiles(
    packages.map((name) => join(dist, name)),
    GPG_PRIVATE_KEY,
    GPG_PASSPHRASE,
  )
}

/** The key for Apple's notary service, in a file as its program reads it. Undefined without a key. */
async function appleKeyFile(text: string | undefined) {
  if (text === undefined || text === '') return undefined
  const folder = await mkdtemp(join(tmpdir(), 'hangar-notary-')) // mode 0700
  const file = join(folder, 'key.p8')
  await writeFile(file, text, { mode: 0o600 })
  return { file, remove: () => rm(folder, { recursive: true, force: true }) }
}
