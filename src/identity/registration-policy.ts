/** Who may open a mailbox on a relay, as INFO and adverts say it (SPEC §6.6, §7.1, §8.2). */

/** Anybody with a stamp, whom the operator has invited, or whom it has listed. As they are numbered, from 1 on. */
export const registrationPolicies = ['open', 'invite', 'allow-list'] as const
export type RegistrationPolicy = (typeof registrationPolicies)[number]

export const numberOfPolicy = (policy: RegistrationPolicy): number => registrationPolicies.indexOf(policy) + 1

/** Undefined for a number that this version does not know. */
export const policyOfNumber = (number: number): RegistrationPolicy | undefined => registrationPolicies[number - 1]
