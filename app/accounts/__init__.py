"""Users, roles and scopes: may this actor do that here?"""
