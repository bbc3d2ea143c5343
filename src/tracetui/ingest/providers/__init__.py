"""How each provider of models writes requests and answers: what formats that carry them share."""
