import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FuseConfig, FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses'

/**
 * Electron's fuses of the packaged program, set in the binary before it is signed (Electron's security checklist, item
 * 19). A fuse that a later Electron adds fails the packaging until it is listed here.
 */
const fuses = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // The main process has no V8 snapshot of its own.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // The processor checks the bounds of WebAssembly's memory; without it they would only be slower.
  [FuseV1Options.WasmTrapHandlers]: true,
} as const

/** Sets every fuse of a program. On macOS the program is then signed ad hoc, without which it would not start. */
export async function setFuses(program: string, platform: string): Promise<void> {
  const config: FuseConfig = {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    resetAdHocDarwinSignature: platform === 'darwin',
    ...fuses,
  }
  await flipFuses(program, config)
}

/** One sentence for each fuse with a wrong value. Throws where the program has no fuses. */
export async function wrongFuses(program: string): Promise<string[]> {
  const wire = await getCurrentFuseWire(program)
  // It has the version beside the fuses, which are numbered.
  const states = Object.entries(wire).filter(([name]) => /^\d+$/.test(name))
  return states.flatMap(([index, given]) => {
    const state = Number(given)
    const enabled = fuses[Number(index) as keyof typeof fuses] // undefined for a fuse that is newer than this list
    const name = FuseV1Options[Number(index)] ?? `fuse ${index}`
    if (enabled === undefined) return [`${name} is not listed in scripts/fuses.ts.`]
    const expected = enabled ? FuseState.ENABLE : FuseState.DISABLE
    return state === expected
      ? []
      : [`${name} should be ${enabled ? 'on' : 'off'} and is ${String.fromCharCode(state)}.`]
  })
}

/** The programs of the packaged apps below `dist`, for all systems that were packaged. */
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
