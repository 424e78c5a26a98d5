import { Button, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type RefObject, Suspense, useCallback, useState } from 'react'
import type { Plane } from '../../preload/contract/planes.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { t } from '../strings/t.ts'
import { lazyView } from '../ui/lazyView.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { ImportValues } from './ImportValues.tsx'
import type { FormHandle } from './SettingsForm.tsx'
import type { YamlHandle } from './SettingsYaml.tsx'
import { sameSettings } from './sameSettings.ts'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'

const SettingsYaml = lazyView(() => import('./SettingsYaml.tsx').then((file) => file.SettingsYaml))
const SettingsForm = lazyView(() => import('./SettingsForm.tsx').then((file) => file.SettingsForm))
const ValuesDrawer = lazyView(() => import('./ValuesDrawer.tsx').then((file) => file.ValuesDrawer))

export type Panes = 'form' | 'yaml' | 'both'
/** Two panes of this wizard fit side by side. */
const wide = '(min-width: 1201px)'

const panesOf = (value: string): Panes => (value === 'yaml' || value === 'both' ? value : 'form')

/** Form, YAML or both: both where they fit, until the user chooses. */
export function usePanes() {
  const isWide = useMediaQuery(wide, undefined, { getInitialValueInEffect: false })
  const [chosen, choose] = useState<Panes>()
  const byWidth: Panes = isWide ? 'both' : 'form'
  const panes = chosen === undefined || (chosen === 'both' && !isWide) ? byWidth : chosen
  const offered: readonly Panes[] = isWide ? ['form', 'yaml', 'both'] : ['form', 'yaml']
  return { panes, offered, choose }
}

export interface SettingsFieldsProps {
  readonly store: InstallStore
  readonly plane: Plane | undefined
  readonly profile: Profile
  readonly settings: JsonObject
  readonly panes: ReturnType<typeof usePanes>
  /** Errors are shown also in fields that nobody has touched. */
  readonly checked: boolean
  readonly isStored: (credential: string, key: string) => boolean
  readonly form: RefObject<FormHandle | null>
  readonly yaml: RefObject<YamlHandle | null>
}

/** The plane's settings as a form and as YAML, each in step with the other. */
export function SettingsFields(props: SettingsFieldsProps) {
  const { store, plane, profile, settings, panes, checked, isStored, form, yaml } = props
  const [imports, setImports] = useState(0)
  const [isShowingValues, setIsShowingValues] = useState(false)
  const takeYaml = useCallback(
    (next: JsonObject) => {
      const { settings: before = plane?.settings ?? {} } = store.getState().draft
      if (!sameSettings(before, next)) store.getState().updateDraft({ settings: next, edited: true })
    },
    [store, plane],
  )
  return (
    <div>
      <div className={classes.settingsHead}>
        <h3 className={classes.subtitle}>{t('install.settings.fields')}</h3>
        <div className={classes.settingsActions}>
          <SegmentedControl
            size="xs"
            aria-label={t('install.yaml.panes')}
            value={panes.panes}
            onChange={(value) => panes.choose(panesOf(value))}
            data={panes.offered.map((value) => ({ value, label: t(`install.yaml.pane.${value}`) }))}
          />
          <Button variant="default" size="compact-xs" onClick={() => setIsShowingValues(true)}>
            {t('install.values.open')}
          </Button>
          <ImportValues
            store={store}
            profile={profile.name}
            settings={settings}
            onImported={() => setImports((count) => count + 1)}
          />
        </div>
      </div>
      <div className={classes.panes}>
        {/* It stays: it completes the settings with the schema's defaults. */}
        <div className={classes.form} hidden={panes.panes === 'yaml'}>
          <SettingsForm
            key={imports}
            checked={checked}
            schema={profile.settings}
            value={settings}
            onChange={(value, by) =>
              store.getState().updateDraft({ settings: value, ...(by === 'user' && { edited: true }) })
            }
            handle={form}
          />
        </div>
        {panes.panes !== 'form' && (
          <Suspense fallback={<Loading what={t('install.loading.yaml')} />}>
            <SettingsYaml
              store={store}
              profile={plane?.profile ?? store.getState().draft.profile ?? profile.name}
              schema={profile.settings}
              settings={settings}
              onSettings={takeYaml}
              specs={profile.credentials}
              isStored={isStored}
              handle={yaml}
            />
          </Suspense>
        )}
      </div>
      {isShowingValues && (
        <Suspense fallback={null}>
          <ValuesDrawer
            store={store}
            subject={plane === undefined ? { profile: profile.name } : { planeId: plane.id }}
            settings={settings}
            onClose={() => setIsShowingValues(false)}
          />
        </Suspense>
      )}
    </div>
  )
}
