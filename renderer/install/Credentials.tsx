import { Button, FileButton, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { useRef } from 'react'
import type { CredentialSpec } from '../../preload/contract/profiles.ts'
import { t } from '../strings/t.ts'
import { Status, stepStatus } from '../ui/Status.tsx'
import classes from './Wizard.module.css'

/** The vault's limit. A PEM file with a chain has a few kB. */
const largestFileBytes = 100_000

export const fieldName = (credential: string, key: string): string => `${credential} ${key}`

export interface CredentialsProps {
  readonly specs: readonly CredentialSpec[]
  readonly isStored: (credential: string, key: string) => boolean
}

/** Fields for secrets. Only the DOM holds what is typed until it is submitted; no React state does. */
export function Credentials({ specs, isStored }: CredentialsProps) {
  return (
    <div>
      <h3 className={classes.subtitle}>{t('install.credentials.title')}</h3>
      <p className={classes.quiet}>{t('install.credentials.intro')}</p>
      <div className={classes.form}>
        {specs.map((spec) => (
          <fieldset key={spec.id} className={classes.credential}>
            <legend className="hidden">{spec.title}</legend>
            <div className={classes.credentialHead}>
              <span>
                {spec.title}
                {!spec.required && <span className={classes.count}> {t('install.credentials.optional')}</span>}
              </span>
              {spec.keys.every(({ key }) => isStored(spec.id, key)) && (
                <Status appearance={stepStatus.done} label={t('install.credentials.stored')} />
              )}
            </div>
            {spec.help !== undefined && <p className={classes.quiet}>{spec.help}</p>}
            {spec.keys.map(({ key, title, kind }) => (
              <Field
                key={key}
                name={fieldName(spec.id, key)}
                label={title}
                kind={kind}
                placeholder={isStored(spec.id, key) ? t('install.credentials.replace') : undefined}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </div>
  )
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly kind: CredentialSpec['keys'][number]['kind']
  readonly placeholder: string | undefined
}

function Field({ name, label, kind, placeholder }: FieldProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const shared = { name, label, placeholder, autoComplete: 'off', spellCheck: false }
  if (kind === 'text') return <TextInput {...shared} />
  if (kind === 'password')
    return (
      <PasswordInput
        {...shared}
        visibilityToggleButtonProps={{ 'aria-label': t('install.credentials.show', { field: label }) }}
      />
    )
  return (
    <div>
      <Textarea {...shared} ref={area} rows={4} classNames={{ input: 'mono' }} />
      <FileButton
        onChange={(file) => {
          if (file === null || file.size > largestFileBytes) return
          void file.text().then((text) => {
            if (area.current !== null) area.current.value = text
          })
        }}
      >
        {(props) => (
          <Button
            {...props}
            variant="subtle"
            size="compact-xs"
            aria-label={t('install.credentials.readFieldFromFile', { field: label })}
          >
            {t('install.credentials.readFile')}
          </Button>
        )}
      </FileButton>
    </div>
  )
}
