export const messagesUrl: URL
export function committed(): Promise<string>
export function messages(): Promise<string>
