import { Button, FileButton, Tooltip } from '@mantine/core'
import { useState } from 'react'
import type { ImportedValues } from '../../preload/contract/planes.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { decodeYaml } from '../../preload/decode-yaml.ts'
import type { Outcome } from '../lib/outcome.ts'
import { t } from '../strings/t.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'

/** The contract's limit. */
const largestFileBytes = 1_048_576
const shownNames = 10

export interface ImportValuesProps {
  readonly store: InstallStore
  readonly profile: string
  /** As they are in the form. */
  readonly settings: JsonObject
  readonly onImported: () => void
}

/** Takes settings from a file into the form, and reports which of its names this profile does not have. */
export function ImportValues({ store, profile, settings, onImported }: ImportValuesProps) {
  const [result, setResult] = useState<{ readonly file: string; readonly outcome: Outcome<ImportedValues> }>()
  const [tooLarge, setTooLarge] = useState(false)
  const take = async (file: File | null) => {
    if (file === null) return
    setTooLarge(file.size > largestFileBytes)
    setResult(undefined)
    if (file.size > largestFileBytes) return
    const text = decodeYaml(new Uint8Array(await file.arrayBuffer())) ?? (await file.text())
    const outcome = await store.getState().importValues({ profile, name: nameOf(file), text, over: settings })
    setResult({ file: file.name, outcome })
    if (outcome.ok) onImported()
  }
  return (
    <>
      <FileButton accept=".yaml,.yml,.json" onChange={(file) => void take(file)}>
        {(props) => (
          <Tooltip label={t('install.settings.importHint')} multiline w={280}>
            <Button {...props} variant="default" size="compact-xs">
              {t('install.settings.import')}
            </Button>
          </Tooltip>
        )}
      </FileButton>
      <div className={classes.imported} role="status">
        {tooLarge && <Notice tone="warn" title={t('install.settings.importTooLarge')} />}
        {result !== undefined && <Result file={result.file} outcome={result.outcome} />}
      </div>
    </>
  )
}

function Result({ file, outcome }: { readonly file: string; readonly outcome: Outcome<ImportedValues> }) {
  if (!outcome.ok) return <ProblemNotice problem={outcome.problem} />
  const { taken, unknown } = outcome.value
  const names = unknown.slice(0, shownNames).join(', ')
  const more = unknown.length - shownNames
  const title =
    taken.length === 0
      ? t('install.settings.importedNone', { file })
      : t('install.settings.imported', { count: taken.length, file })
  return (
    <Notice tone={unknown.length > 0 || taken.length === 0 ? 'warn' : 'busy'} title={title}>
      {unknown.length > 0 && (
        <div>
          {more > 0
            ? t('install.settings.importUnknownMore', { names, more })
            : t('install.settings.importUnknown', { names })}
        </div>
      )}
    </Notice>
  )
}

/** Only for messages; what the contract does not accept is left out. */
const nameOf = ({ name }: File): string => {
  const safe = name.replaceAll(/[^\w. -]/g, '_').slice(0, 100)
  return /^\w/.test(safe) ? safe : 'values.yaml'
}
