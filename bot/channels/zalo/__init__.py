"""The Zalo Official Account: webhook events in, consultation messages out, tokens that rotate."""
