import { Button, FileButton, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { useRef } from 'react'
import type { CredentialSpec } from '../../preload/contract/profiles.ts'
import { Status, stepStatus } from '../ui/Status.tsx'
import classes from './Wizard.module.css'

/** A PEM file with a chain is a few kB; the vault takes up to this. */
const largestFileBytes = 100_000

export const fieldName = (credential: string, key: string): string => `${credential} ${key}`

export interface CredentialsProps {
  readonly specs: readonly CredentialSpec[]
  readonly isStored: (credential: string, key: string) => boolean
}

/** Fields for secrets. The page's own fields hold what is typed until it is handed on; no state of ours ever does. */
export function Credentials({ specs, isStored }: CredentialsProps) {
  return (
    <div>
      <h3 className={classes.subtitle}>Credentials</h3>
      <p className={classes.quiet}>
        They go to the vault of this computer when you go on, and into Kubernetes Secrets when you install. They are not
        shown again.
      </p>
      <div className={classes.form}>
        {specs.map((spec) => (
          <fieldset key={spec.id} className={classes.credential}>
            <legend className="hidden">{spec.title}</legend>
            <div className={classes.credentialHead}>
              <span>
                {spec.title}
                {!spec.required && <span className={classes.count}> (optional)</span>}
              </span>
              {spec.keys.every(({ key }) => isStored(spec.id, key)) && (
                <Status appearance={stepStatus.done} label="Stored" />
              )}
            </div>
            {spec.help !== undefined && <p className={classes.quiet}>{spec.help}</p>}
            {spec.keys.map(({ key, title, kind }) => (
              <Field
                key={key}
                name={fieldName(spec.id, key)}
                label={title}
                kind={kind}
                placeholder={isStored(spec.id, key) ? 'Stored; type to replace it' : undefined}
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
    return <PasswordInput {...shared} visibilityToggleButtonProps={{ 'aria-label': `Show ${label}` }} />
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
          <Button {...props} variant="subtle" size="compact-xs" aria-label={`Read ${label} from a file`}>
            Read from a file …
          </Button>
        )}
      </FileButton>
    </div>
  )
}
