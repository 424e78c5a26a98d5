import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FuseConfig, FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses'

/**
 * What the packaged program can do, fixed in its own bytes before it is signed (Electron's security checklist, item 19).
 * A fuse that a later Electron adds stops the packaging until it is decided here.
 */
const fuses = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // Our main process has no snapshot of its own to load.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // Bounds of WebAssembly's memory are kept by the processor; off would only be slower.
  [FuseV1Options.WasmTrapHandlers]: true,
} as const

/** Sets every fuse of a program. On macOS its ad-hoc signature is made anew, or it would not start. */
export async function setFuses(program: string, platform: string): Promise<void> {
  const config: FuseConfig = {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    resetAdHocDarwinSignature: platform === 'darwin',
    ...fuses,
  }
  await flipFuses(program, config)
}

/** One sentence for each fuse of a program that is not as it should be. Throws where it has no fuses. */
export async function wrongFuses(program: string): Promise<string[]> {
  const wire = await getCurrentFuseWire(program)
  // Beside the fuses, by number, it holds the version.
  const states = Object.entries(wire).filter(([name]) => /^\d+$/.test(name))
  return states.flatMap(([index, given]) => {
    const state = Number(given)
    const wanted = fuses[Number(index) as keyof typeof fuses] // undefined for a fuse that is newer than this list
    const name = FuseV1Options[Number(index)] ?? `fuse ${index}`
    if (wanted === undefined) return [`${name} is not decided in scripts/fuses.ts.`]
    const expected = wanted ? FuseState.ENABLE : FuseState.DISABLE
    return state === expected
      ? []
      : [`${name} should be ${wanted ? 'on' : 'off'} and is ${String.fromCharCode(state)}.`]
  })
}

/** The programs of the packaged app below `dist`, whichever systems were packaged. */
export function packagedPrograms(dist: string): string[] {
  const places = [
    ['linux-unpacked', 'hangar'],
    ['linux-arm64-unpacked', 'hangar'],
    ['win-unpacked', 'Hangar.exe'],
    ['win-arm64-unpacked', 'Hangar.exe'],
    ['mac', 'Hangar.app'],
    ['mac-arm64', 'Hangar.app'],
  ] as const
  return places.map((place) => join(dist, ...place)).filter((program) => existsSync(program))
}
