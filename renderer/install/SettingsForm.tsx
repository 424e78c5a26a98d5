import Form from '@rjsf/mantine'
import type { RJSFSchema } from '@rjsf/utils'
import { type RefObject, useImperativeHandle, useRef } from 'react'
import type { JsonObject } from '../../preload/contract/words.ts'
import { validator } from './validator.ts'

export interface FormHandle {
  /** Shows what is wrong at each field; true when nothing is. */
  validate(): boolean
}

export interface SettingsFormProps {
  readonly schema: JsonObject
  readonly value: JsonObject
  readonly onChange: (value: JsonObject) => void
  readonly handle: RefObject<FormHandle | null>
}

/** The form that a profile's JSON schema describes. Its buttons are the wizard's own. */
export function SettingsForm({ schema, value, onChange, handle }: SettingsFormProps) {
  const form = useRef<{ validateForm(): boolean }>(null)
  useImperativeHandle(handle, () => ({ validate: () => form.current?.validateForm() ?? false }))
  return (
    <Form
      // biome-ignore lint/suspicious/noExplicitAny: the theme's Form has no type for its own instance
      ref={form as any} // only the one method above is called
      schema={schema as RJSFSchema} // the profile's own schema says that it holds a JSON Schema
      validator={validator as never} // made for JSON objects; the theme's Form asks for `any`
      formData={value}
      showErrorList={false}
      noHtml5Validate
      liveValidate={false}
      onChange={({ formData }) => onChange(formData ?? {})}
      uiSchema={{ 'ui:submitButtonOptions': { norender: true }, 'ui:options': { label: false } }}
    >
      {/* A child stands in for the submit button that the form would draw. */}
      <span />
    </Form>
  )
}
