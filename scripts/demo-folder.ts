import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning, processId } from './process-id.ts'

const prefix = 'hangar-demo-'
const ownerFile = 'owner.json'

/** A folder for the state of one demo, which removes it. Those of demos that were killed are removed now. */
export async function makeDemoFolder(): Promise<string> {
  await removeStaleFolders()
  const folder = await mkdtemp(join(tmpdir(), prefix))
  await writeFile(join(folder, ownerFile), JSON.stringify(processId(process.pid)))
  return folder
}

async function removeStaleFolders(): Promise<void> {
  for (const name of (await readdir(tmpdir())).filter((each) => each.startsWith(prefix))) {
    const folder = join(tmpdir(), name)
    const stats = await lstat(folder).catch(() => undefined)
    // Everyone can create a folder there.
    if (!stats?.isDirectory() || (process.getuid !== undefined && stats.uid !== process.getuid())) continue
    if (await isStale(folder)) await rm(folder, { recursive: true, force: true })
  }
}

/** Whether the process that made it has ended. A folder that does not name its process is left alone. */
async function isStale(folder: string): Promise<boolean> {
  try {
    const { pid, started } = JSON.parse(await readFile(join(folder, ownerFile), 'utf8'))
    return typeof pid === 'number' && typeof started === 'string' && !isRunning({ pid, started })
  } catch {
    return false
  }
}
