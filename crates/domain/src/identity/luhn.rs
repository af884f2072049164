//! The Luhn check (modulus 10), over digits and over the letters of reserve numbers.

/// The check digit that belongs after `digits`: weights 2, 1, 2, … from the right, sums of digits.
///
/// Source: Skatteverket, personnummer check digit (modulus 10 method).
pub(super) fn check_digit(values: &[u32]) -> u32 {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(place, value)| digit_sum(if place % 2 == 0 { value * 2 } else { *value }))
        .sum();
    (10 - sum % 10) % 10
}

/// Whether the last character is the check digit of those before it; a letter counts as its ASCII code.
///
/// Counted from the right, every second character is doubled, and the digits of every value are summed.
/// Source: national reserve number (NRID) specification, OID 1.2.752.74.9.1.
pub(super) fn holds_for_ascii(characters: &[u8]) -> bool {
    let sum: u32 = characters
        .iter()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let value = if byte.is_ascii_digit() {
                u32::from(byte - b'0')
            } else {
                u32::from(*byte)
            };
            digit_sum(if place % 2 == 1 { value * 2 } else { value })
        })
        .sum();
    sum.is_multiple_of(10)
}

fn digit_sum(mut value: u32) -> u32 {
    let mut sum = 0;
    while value > 0 {
        sum += value % 10;
        value /= 10;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Skatteverket's own example: 701063-2391.
    #[test]
    fn the_tax_agencys_example_has_check_digit_one() {
        assert_eq!(check_digit(&[7, 0, 1, 0, 6, 3, 2, 3, 9]), 1);
    }

    #[test]
    fn a_letter_weighs_as_its_ascii_code() {
        assert!(holds_for_ascii(b"22790814AA01"));
        assert!(!holds_for_ascii(b"22790814AB01"));
    }
}
