/** Returns why a sign-in at a provider came back without anybody, as a sentence. */
export function problemText(code: string, provider: string): string {
  switch (code) {
    case 'person_unknown':
      return `${provider} knows you, but nobody here does yet: ask somebody of the account for an invitation.`
    case 'oidc_unreachable':
      return `${provider} cannot be reached right now. Try again in a moment.`
    case 'too_many_attempts':
      return 'There were too many tries to sign in. Wait a few minutes, then try again.'
    default:
      return `${provider} did not confirm who you are. Try to sign in again.`
  }
}
