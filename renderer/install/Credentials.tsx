import { PasswordInput, TextInput } from '@mantine/core'
import type { CredentialSpec } from '../../preload/contract/profiles.ts'
import { t } from '../strings/t.ts'
import { Status, stepStatus } from '../ui/Status.tsx'
import { PemField } from './PemField.tsx'
import { credentialsAnchor } from './sections.ts'
import classes from './Wizard.module.css'

export const fieldName = (credential: string, key: string): string => `${credential} ${key}`

export interface CredentialsProps {
  readonly specs: readonly CredentialSpec[]
  readonly isStored: (credential: string, key: string) => boolean
  /** The names of fields that have to be filled in. */
  readonly missing: readonly string[]
}

/** Fields for secrets. Only the DOM holds what is typed until it is submitted; no React state does. */
export function Credentials({ specs, isStored, missing }: CredentialsProps) {
  return (
    <div id={credentialsAnchor}>
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
                error={missing.includes(fieldName(spec.id, key)) ? t('install.settings.invalid.required') : undefined}
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
  readonly error: string | undefined
}

function Field({ name, label, kind, placeholder, error }: FieldProps) {
  const shared = { name, label, placeholder, error, autoComplete: 'off', spellCheck: false }
  if (kind === 'text') return <TextInput {...shared} />
  if (kind === 'pem') return <PemField {...shared} />
  return (
    <PasswordInput
      {...shared}
      visibilityToggleButtonProps={{ 'aria-label': t('install.credentials.show', { field: label }) }}
    />
  )
}
