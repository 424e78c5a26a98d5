import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { packagedPrograms } from './fuses.ts'
import { run } from './run.ts'
import { verifyFiles } from './sign-files.ts'
import { signingFor } from './signing.ts'

/**
 * Checks the signatures of what `npm run package` wrote to `dist`, with the system's own programs. Without keys it only
 * says that signing was skipped. Exits with 1 for a package without a valid signature.
 */
const dist = join(import.meta.dirname, '..', 'dist')
const { signed, message } = signingFor(process.platform, process.env)
console.log(message)

async function packages(...endings: string[]): Promise<string[]> {
  const names = (await readdir(dist)).filter((name) => endings.some((ending) => name.endsWith(ending)))
  if (names.length === 0) throw new Error(`There is no package (${endings.join(', ')}) in dist.`)
  return names.map((name) => join(dist, name))
}

async function mustAccept(program: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await run(program, args)
  if (code !== 0) throw new Error(`${args.at(-1)}: ${stderr.trim() || `${program} ended with ${code}`}`)
}

/** A name in single quotes is literal to PowerShell; a quote within is doubled. */
const literal = (file: string): string => `'${file.replaceAll("'", "''")}'`

async function check(): Promise<void> {
  if (process.platform === 'linux') {
    await verifyFiles(await packages('.AppImage', '.deb'), process.env.GPG_PRIVATE_KEY ?? '')
  } else if (process.platform === 'darwin') {
    await packages('.dmg')
    for (const app of packagedPrograms(dist)) {
      await mustAccept('codesign', '--verify', '--deep', '--strict', app)
      await mustAccept('spctl', '--assess', '--type', 'execute', app) // also notarized
    }
  } else {
    for (const file of [...packagedPrograms(dist), ...(await packages('.exe'))]) {
      const script = `if ((Get-AuthenticodeSignature ${literal(file)}).Status -ne 'Valid') { exit 1 }`
      await mustAccept('powershell', '-NoProfile', '-Command', script)
    }
  }
}

if (signed) {
  await check()
  console.log('Every signature is valid.')
}
