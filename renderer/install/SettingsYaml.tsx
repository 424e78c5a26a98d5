import { type RefObject, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react'
import type { CredentialSpec, ProfileFault, SettingsFault } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { Editor } from '../profiles/Editor.tsx'
import { t } from '../strings/t.ts'
import { Notice } from '../ui/Notice.tsx'
import { completionsAt } from './completions.ts'
import { sameSettings } from './sameSettings.ts'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'

/** After the last key, so that not every letter is read. */
const readAfterMs = 250

export interface YamlHandle {
  /** Reads what was typed last; false: it cannot be taken. */
  settle(): Promise<boolean>
}

export interface SettingsYamlProps {
  readonly store: InstallStore
  readonly profile: string
  readonly schema: JsonObject
  readonly settings: JsonObject
  readonly onSettings: (settings: JsonObject) => void
  readonly specs: readonly CredentialSpec[]
  readonly isStored: (credential: string, key: string) => boolean
  readonly handle: RefObject<YamlHandle | null>
}

/**
 * The settings as YAML, in step with the form: what is typed here goes there once it can be read, and what changes there is written
 * here, except while the user types. Credentials are references to the vault.
 */
export function SettingsYaml(props: SettingsYamlProps) {
  const { store, profile, schema, settings, onSettings, specs, isStored, handle } = props
  const [faults, setFaults] = useState<readonly SettingsFault[]>([])
  const [refused, setRefused] = useState(false)
  const [replacement, setReplacement] = useState<{ readonly text: string }>()
  const [goTo, setGoTo] = useState<ProfileFault>()
  const [blurs, setBlurs] = useState(0)
  const marked = useMemo(() => faults.map(asProfileFault), [faults])
  const text = useRef('')
  /** The settings that the text has; undefined before it was written or read. */
  const written = useRef<JsonObject>(undefined)
  const focused = useRef(false)
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined)

  /** The form can be edited while the core reads or writes the text: what was typed there later is not replaced. */
  const latest = useRef(settings)
  latest.current = settings

  const read = useCallback(
    async (by: 'user' | 'form'): Promise<boolean> => {
      clearTimeout(pending.current)
      pending.current = undefined
      const current = text.current
      const ofForm = latest.current
      const outcome = await store.getState().readSettings(profile, current)
      // A later text has its own answer.
      if (!outcome.ok || current !== text.current) return outcome.ok
      setFaults(outcome.value.faults)
      setRefused(outcome.value.settings === null)
      if (outcome.value.settings === null) return false
      if (by === 'user' && sameSettings(ofForm, latest.current)) {
        written.current = outcome.value.settings
        onSettings(outcome.value.settings)
      }
      return true
    },
    [store, profile, onSettings],
  )

  useImperativeHandle(handle, () => ({
    settle: async () => (pending.current === undefined ? !refused : await read('user')),
  }))

  // biome-ignore lint/correctness/useExhaustiveDependencies: when the user leaves the text, it gets what it lacks
  useEffect(() => {
    if (focused.current || (written.current !== undefined && sameSettings(written.current, settings))) return
    const before = text.current
    let isLatest = true
    void store
      .getState()
      .writeSettings(before, settings)
      .then((outcome) => {
        if (!isLatest || !outcome.ok || text.current !== before) return
        text.current = outcome.value
        written.current = settings
        setReplacement({ text: outcome.value })
        void read('form')
      })
    return () => {
      isLatest = false
    }
  }, [store, settings, blurs])

  useEffect(() => () => clearTimeout(pending.current), [])

  return (
    <section className={classes.yaml} aria-label={t('install.yaml.region')}>
      <div className={classes.yamlEditor}>
        <Editor
          label={t('install.yaml.editor')}
          text=""
          readOnly={false}
          faults={marked}
          goTo={goTo}
          replacement={replacement}
          completionsAt={(all, offset) => completionsAt(schema, all, offset)}
          onFocus={(isFocused) => {
            focused.current = isFocused
            if (isFocused) return
            // What was typed last, before the form can be edited.
            if (pending.current !== undefined) void read('user')
            setBlurs((count) => count + 1)
          }}
          onEdit={(next) => {
            text.current = next
            clearTimeout(pending.current)
            pending.current = setTimeout(() => void read('user'), readAfterMs)
          }}
        />
      </div>
      <div role="status">
        {refused && (
          <Notice tone="warn" title={t('install.yaml.refused')}>
            {t('install.yaml.refusedDetails')}
          </Notice>
        )}
      </div>
      {faults.length > 0 && (
        <ul className={classes.yamlFaults} aria-label={t('profiles.errors.list')}>
          {faults.map((fault) => (
            <li key={`${fault.line}:${fault.column}:${fault.field}:${fault.message}`}>
              <button type="button" onClick={() => setGoTo({ ...asProfileFault(fault) })}>
                <span className="numbers">{t('profiles.errors.line', { line: fault.line })}</span>
                <span>{fault.message}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {specs.length > 0 && (
        <div>
          <p className={classes.quiet}>{t('install.yaml.secrets')}</p>
          <ul className={classes.references} aria-label={t('install.yaml.secretsList')}>
            {specs.flatMap(({ id, keys }) =>
              keys.map(({ key }) => (
                <li key={`${id}/${key}`}>
                  <code>{t('install.yaml.reference', { name: `${id}/${key}` })}</code>
                  <span className={classes.quiet}>
                    {t(isStored(id, key) ? 'install.credentials.stored' : 'install.yaml.notStored')}
                  </span>
                </li>
              )),
            )}
          </ul>
        </div>
      )}
    </section>
  )
}

const asProfileFault = ({ message, ...place }: SettingsFault): ProfileFault => ({
  ...place,
  message,
  found: '',
  expected: '',
})
