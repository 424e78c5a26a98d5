// The package's index also loads a test registry with a validator that the content security policy blocks.
import Form from '@rjsf/core/lib/components/Form.js'
import type { RJSFSchema } from '@rjsf/utils'
import { type RefObject, useImperativeHandle, useMemo, useRef } from 'react'
import type { JsonObject } from '../../preload/contract/words.ts'
import { templates, uiSchemaOf, widgets } from './formTheme.tsx'
import { validator } from './validator.ts'

export interface FormHandle {
  /** Shows the errors at each field; true without errors. */
  validate(): boolean
}

export interface SettingsFormProps {
  readonly schema: JsonObject
  readonly value: JsonObject
  /** `by`: the user, or the form with the schema's defaults. */
  readonly onChange: (value: JsonObject, by: 'user' | 'defaults') => void
  readonly handle: RefObject<FormHandle | null>
  /** It was checked once: errors are shown and end as the user types. */
  readonly checked?: boolean
}

/** The form for a profile's JSON schema, without a submit button: the wizard has it. */
export function SettingsForm({ schema, value, onChange, handle, checked = false }: SettingsFormProps) {
  const form = useRef<Form>(null)
  const uiSchema = useMemo(() => ({ ...uiSchemaOf(schema), 'ui:submitButtonOptions': { norender: true } }), [schema])
  useImperativeHandle(handle, () => ({ validate: () => form.current?.validateForm() ?? false }))
  return (
    <Form
      ref={form}
      tagName="div"
      idPrefix="setting"
      schema={schema as RJSFSchema} // checked by the schema of profiles
      uiSchema={uiSchema}
      validator={validator}
      templates={templates}
      widgets={widgets}
      formData={value}
      showErrorList={false}
      // Without it the form prints errors, and what was typed with them, to the console.
      onError={() => undefined}
      {...(checked && { liveValidate: 'onChange' as const })}
      onChange={({ formData }, field) => onChange(formData ?? {}, field === undefined ? 'defaults' : 'user')}
    >
      {/* A child replaces the form's submit button. */}
      <span />
    </Form>
  )
}
