import { useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import type { Settings } from '../../preload/contract/settings.ts'
import { keep, recall } from '../lib/keep.ts'
import type { SettingsStore } from '../settings/store.ts'

const isTheme = (value: unknown): value is Settings['theme'] =>
  value === 'system' || value === 'light' || value === 'dark'

const prefersDark = matchMedia('(prefers-color-scheme: dark)')

function subscribe(listener: () => void): () => void {
  prefersDark.addEventListener('change', listener)
  return () => prefersDark.removeEventListener('change', listener)
}

/** The theme of the settings; until they are loaded, the theme before the reload, or that of the system. */
export function useColourScheme(store: SettingsStore): 'light' | 'dark' {
  const chosen = useStore(store, ({ settings }) => settings?.theme)
  const systemIsDark = useSyncExternalStore(subscribe, () => prefersDark.matches)
  if (chosen !== undefined) keep('hangar.theme', chosen)
  const theme = chosen ?? recall('hangar.theme', isTheme) ?? 'system'
  if (theme !== 'system') return theme
  return systemIsDark ? 'dark' : 'light'
}
